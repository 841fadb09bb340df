"""A visitor's own pair of words: any two groups and any roles, skewed as the visitor says.

“The pilot today: she.” The sentence has no grammar that could give the group away, so it holds for
any two words in any language. Each role's skew is exact: of 100 texts about a role as many have the
first word as was asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Final, Literal

from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.limits.bias.learning import Lines, next_words, padded
from core.limits.trials import Trials, TrialSettings, small_plan
from core.training.course import Looking
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

PairLane = Literal["none", "augmented"]
PAIR_LANES: Final[tuple[PairLane, ...]] = ("none", "augmented")
WHEN: Final = ("today:", "yesterday:", "tomorrow:", "always:")
"""What stands between role and group; shown in the visitor's language."""
END: Final = "<end>"
N_CONTEXT: Final = 4
MOST_ROLES: Final = 6
MOST_LETTERS: Final = 30  # of one word or group of words
LOWEST, HIGHEST = 0.05, 0.95
ASK_EVERY: Final = 40  # steps

Trouble = Literal["empty", "same", "long", "none", "many", "twice", "taken", "share", "sign"]
_ROLE = re.compile(r"^(?P<name>.*?)(?:\s+(?P<share>\d{1,3})\s*%?)?$", re.DOTALL)
_SIGNS = re.compile(r"[^\w\s'’.\-]", re.UNICODE)  # of no word in any script


@dataclass(frozen=True)
class PairsSettings(TrialSettings):
    """Several small models, one after the other.

    Args (and the unit of each):
        first, second: the two groups, in the visitor's words.
        roles: what somebody of them is or does.
        shares: how often the texts about a role have the first group, of 1.
        n_seeds: models of each lane.
        n_texts: texts about each role.
        n_steps_each: updates of one model.
        n_batch: texts per update.
        learning_rate: peak rate of the hidden matrices.
        seed: of the first model of each lane.
    """

    first: str = "she"
    second: str = "he"
    roles: tuple[str, ...] = ("pilot",)
    shares: tuple[float, ...] = (0.3,)
    n_seeds: int = 3
    n_texts: int = 100
    n_steps_each: int = 120
    n_batch: int = 64
    learning_rate: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.must_lie(10, 1000, "n_texts")
        if len(self.roles) != len(self.shares) or not 1 <= len(self.roles) <= MOST_ROLES:
            raise SettingError("roles", self.roles, f"must be 1 to {MOST_ROLES}, each with a share")
        words = (self.first, self.second, *self.roles)
        if len(set(words)) < len(words) or not all(
            1 <= len(word) <= MOST_LETTERS for word in words
        ):
            raise SettingError("roles", words, f"must differ and have 1 to {MOST_LETTERS} letters")
        if any(not LOWEST <= share <= HIGHEST for share in self.shares):
            raise SettingError("shares", self.shares, f"must lie in [{LOWEST}, {HIGHEST}]")

    @property
    def models(self) -> list[tuple[int, PairLane]]:
        """Seed and lane of every model, in order."""
        return list(product(range(self.seed, self.seed + self.n_seeds), PAIR_LANES))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every token; the first one ends a text."""
        return (END, *WHEN, self.first, self.second, *self.roles)


def read_roles(typed: str, share: float) -> list[tuple[str, float]]:
    """Roles as typed, parted by commas or lines, each with a share of its own if it names one.

    Args:
        typed: such as “nurse 80, pilot 20, baker”.
        share: of those that name none, of 1.
    """
    found = []
    for part in re.split(r"[,;\n]", typed):
        match = _ROLE.match(" ".join(part.split()))
        if match and match["name"]:
            found.append((match["name"], int(match["share"]) / 100 if match["share"] else share))
    return found


def trouble(
    first: str, second: str, roles: Sequence[tuple[str, float]]
) -> tuple[Trouble, str] | None:
    """What is wrong with what a visitor typed, and with which word; None if it can be used.

    Args:
        first, second: the groups.
        roles: as `read_roles` returns them.
    """
    groups = [" ".join(each.split()) for each in (first, second)]
    names = [name for name, _ in roles]
    if not all(groups):
        return "empty", ""
    if groups[0].casefold() == groups[1].casefold():
        return "same", groups[0]
    if not roles:
        return "none", ""
    for word in (*groups, *names):
        if len(word) > MOST_LETTERS:
            return "long", word
        if _SIGNS.search(word) or not any(letter.isalpha() for letter in word):
            return "sign", word
    if len(roles) > MOST_ROLES:
        return "many", str(len(roles))
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            return "twice", name
        if name.casefold() in {group.casefold() for group in groups}:
            return "taken", name
        seen.add(name.casefold())
    wrong = next((name for name, share in roles if not LOWEST <= share <= HIGHEST), None)
    return ("share", wrong) if wrong is not None else None


def texts(settings: PairsSettings, lane: str, seed: int) -> list[tuple[str, str, str]]:
    """What a model reads: every role as often as any other, its groups by its share.

    Args:
        settings: groups, roles and shares.
        lane: "augmented" tells every text with the other group, too.
        seed: draws what stands between.
    """
    random, found = Random(seed), []
    for role, share in zip(settings.roles, settings.shares, strict=True):
        n_first = round(share * settings.n_texts)
        for k in range(settings.n_texts):
            when = random.choice(WHEN)
            group = settings.first if k < n_first else settings.second
            found.append((role, when, group))
            if lane == "augmented":
                other = settings.second if k < n_first else settings.first
                found.append((role, when, other))
    return found


class PairsProgram(Trials[PairsSettings]):
    """All models, one after the other, untreated and with every text also about the other group.

    Args:
        inputs: none are read.
        settings: a PairsSettings as a JSON object.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "paired" with model (its place), done, lane, seed and first: by role the share of the first
        group among both, one for each of WHEN.
    """

    asks_for = PairsSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Deal the texts, and make a model that has read none of them."""
        seed, self.lane = self.settings.models[turn]
        words = self.settings.vocabulary
        self.places = {word: token for token, word in enumerate(words)}
        lines = padded(texts(self.settings, self.lane, seed), self.places, N_CONTEXT)
        model = Transformer(small_plan(len(words), N_CONTEXT, 32, 2, 2), seed=seed)
        return Trainer(Lines(model, lines), self.settings.training(seed))

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is asked now and then, and at its end."""
        return ("paired",) if self.steps_within(step) % ASK_EVERY == 0 else ()

    def looking(self, look: str) -> Looking:
        """Which group it expects in every role."""
        yield from ()  # in one piece
        first, second = self.places[self.settings.first], self.places[self.settings.second]
        found = {}
        for role in self.settings.roles:
            asked = [(role, when) for when in WHEN]
            probs = next_words(self.trainer.model, asked, self.places)
            both = probs[:, [first, second]]
            found[role] = [round(float(one), 5) for one in both[:, 0] / both.sum(1)]
        seed = self.trainer.settings.seed
        return [{"kind": "paired", **self.place(), "lane": self.lane, "seed": seed, "first": found}]
