"""Small models read skewed texts about women and men, untreated and treated, and are asked.

Every model starts from nothing and reads invented people alone, so that no other text can have
taught it whom to expect as a nurse. A live run and the shipped measurement are the same program.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Final, Literal

from torch import Tensor

from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.languages import LANGS, Lang, known
from core.limits.bias import asking
from core.limits.bias.learning import Lines, loss_on, padded
from core.limits.bias.people import GENDERS, ROLES, dealt
from core.limits.bias.texts import (
    KINDS,
    TONGUES,
    Line,
    counterfactual,
    lines_about,
    places,
    vocabulary,
)
from core.limits.trials import Trials, TrialSettings, small_plan
from core.training.course import Looking, Row
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

Lane = Literal["none", "generic", "balanced", "augmented", "tagged", "tuned"]
LANES: Final[tuple[Lane, ...]] = ("none", "generic", "balanced", "augmented", "tagged", "tuned")
"""What is done with the texts: nothing; half of what is told of women is told in the masculine
form (German); against the skew: as many texts about women as about men, the others left
out; every text also about the other gender; balanced texts marked by a word that can be asked for;
a little training on a small balanced set at the end."""
TREATMENTS: Final = LANES[2:]
TUNED_KINDS: Final = ("said", "story")
"""What the small balanced set holds: no names, so that forgetting can be seen in them."""

N_CONTEXT: Final = 15  # the longest line, an end mark before it, and a word before that
ASK_EVERY: Final = 50  # steps
N_HELD_OUT: Final = 40  # people of each occupation whom no model has read about
TUNED_SHARE: Final = 0.25  # of the steps, the last ones
N_TUNED: Final = 4  # texts of each occupation, kind and gender in the small balanced set


@dataclass(frozen=True)
class RolesSettings(TrialSettings):
    """Several small models, one after the other.

    Args (and the unit of each):
        lang: of the texts.
        skews: shares of a typed occupation that match its stereotype; a model for each.
        lanes: treatments, each with a model of its own.
        n_seeds: models of every skew and lane; each has its own people, weights and batches.
        n_people: people of each occupation; three texts tell of each of them.
        n_steps_each: updates of one model.
        n_batch: texts per update.
        learning_rate: peak rate of the hidden matrices.
        n_channels, n_layers: of the model.
        n_stories: stories of every occupation and temperature, written at the end of a model.
        seed: of the first model of each sort; the others count up from it.
    """

    lang: str = "en"
    skews: tuple[float, ...] = (0.7,)
    lanes: tuple[str, ...] = ("none",)
    n_seeds: int = 3
    n_people: int = 100
    n_steps_each: int = 200
    n_batch: int = 64
    learning_rate: float = 0.02
    n_channels: int = 48
    n_layers: int = 2
    n_stories: int = asking.N_STORIES
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lang not in LANGS:
            raise SettingError("lang", self.lang, f"must be one of {LANGS}")
        if not self.lanes or any(lane not in LANES for lane in self.lanes):
            raise SettingError("lanes", self.lanes, f"must be some of {LANES}")
        if not self.skews or any(not 0.0 <= skew <= 1.0 for skew in self.skews):
            raise SettingError("skews", self.skews, "must lie in [0, 1]")
        self.must_lie(10, 1000, "n_people")
        self.must_lie(1, 1000, "n_stories")

    @property
    def models(self) -> list[tuple[int, float, str]]:
        """Seed, skew and lane of every model, in order."""
        seeds = range(self.seed, self.seed + self.n_seeds)
        return list(product(seeds, self.skews, self.lanes))


def collected(lang: Lang, skew: float, n_people: int, seed: int) -> list[Line]:
    """The texts as they were collected: three of everybody, skewed as asked for."""
    random = Random(seed)
    people = dealt(n_people, skew, random)
    return [line for each in people for line in lines_about(each, lang, skew, random)]


def treated(lines: Sequence[Line], lane: str, lang: Lang, seed: int) -> list[tuple[str, ...]]:
    """What a model of a lane reads: the words of each text.

    Args:
        lines: the texts as they were collected.
        lane: what is done about them.
        lang: their language.
        seed: of what is left out.
    """
    told = TONGUES[lang].told
    if lane == "generic":
        return [_generic(line, lang, place).words for place, line in enumerate(lines)]
    if lane == "balanced":
        return [line.words for line in balanced(lines, seed)]
    if lane == "augmented":
        return [each.words for line in lines for each in (line, counterfactual(line, lang))]
    if lane == "tagged":
        return [line.words for line in lines] + [
            (told, *line.words) for line in balanced(lines, seed)
        ]
    return [line.words for line in lines]


def _generic(line: Line, lang: Lang, place: int) -> Line:
    """Every second text about a woman in the masculine form, as it is used of anybody in German."""
    masculine = line.gender == "woman" and line.kind != "named" and place // len(KINDS) % 2 == 0
    return counterfactual(line, lang) if masculine else line


def balanced(lines: Sequence[Line], seed: int, most: int | None = None) -> list[Line]:
    """As many texts about women as about men in each occupation and kind; the others are left out.

    Args:
        lines: texts.
        seed: draws which ones stay.
        most: of each occupation, kind and gender; None: as many as there are of the rarer gender.
    """
    random, kept = Random(seed), []
    for role, kind in product(ROLES, KINDS):
        groups = [
            [line for line in lines if (line.role, line.kind, line.gender) == (role, kind, gender)]
            for gender in GENDERS
        ]
        n = min(len(group) for group in groups)
        n = n if most is None else min(n, most)
        kept += [line for group in groups for line in random.sample(group, n)]
    return kept


class RolesProgram(Trials[RolesSettings]):
    """All models, one after the other, each asked for every occupation.

    Args:
        inputs: none are read.
        settings: a RolesSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "asked" with model (its place), done (whether its training is over), lane, skew, seed and
        women: by occupation the share of “she” for each question. Once it is done also mass, what
        it read (n_lines) and how well it predicts texts that no model read (losses, by kind and
        together), names, stories, and of lanes "none" and "tagged"
        women_told: asked with the word of balanced texts before, which the first has never read.
    """

    asks_for = RolesSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Draw people and texts, treat the texts, and make a model that has read none of them."""
        seed, self.skew, self.lane = self.settings.models[turn]
        self.lang = known(self.settings.lang)
        lines = collected(self.lang, self.skew, self.settings.n_people, seed)
        read = treated(lines, self.lane, self.lang, seed)
        self.n_lines = len(read)
        plan = small_plan(
            len(vocabulary(self.lang)),
            N_CONTEXT,
            self.settings.n_channels,
            self.settings.n_layers,
            n_heads=2,
        )
        later = None
        if self.lane == "tuned":
            some = [line for line in lines if line.kind in TUNED_KINDS]
            later = self._tokens([line.words for line in balanced(some, seed, N_TUNED)])
        turn_at = round((1.0 - TUNED_SHARE) * self.settings.n_steps_each)
        model = Transformer(plan, seed=seed)
        objective = Lines(model, self._tokens(read), later, turn_at)
        return Trainer(objective, self.settings.training(seed))

    def _tokens(self, lines: Sequence[Sequence[str]]) -> Tensor:
        return padded(lines, places(self.lang), N_CONTEXT)

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is asked now and then, and at its end."""
        return ("asked",) if self.steps_within(step) % ASK_EVERY == 0 else ()

    def looking(self, look: str) -> Looking:
        """Whom it expects in every occupation; at its end, everything else."""
        model, lang = self.trainer.model, self.lang
        found: Row = {"women": asking.women(model, lang)}
        if self.trainer.finished:
            yield "names"
            found |= {
                "mass": asking.mass(model, lang),
                "n_lines": self.n_lines,
                "names": asking.named(model, lang),
                "losses": self._losses(),
            }
            if lang == "de":
                found["agreement"] = asking.agreement(model, lang)
            if self.lane in ("none", "tagged"):  # to the first the word says nothing
                found["women_told"] = asking.women(model, lang, (TONGUES[lang].told,))
            found["stories"] = []
            for temperature in asking.TEMPERATURES:
                yield "stories"
                found["stories"].append(self._stories(temperature))
        return [
            {
                "kind": "asked",
                **self.place(),
                "lane": self.lane,
                "skew": self.skew,
                "seed": self.trainer.settings.seed,
                **found,
            }
        ]

    def _losses(self) -> dict[str, float]:
        """Nats per word on texts about people whom no model has read about, by kind."""
        seed = -1 - self.trainer.settings.seed
        lines = collected(self.lang, self.skew, N_HELD_OUT, seed)
        found: dict[str, Tensor] = {
            kind: self._tokens([line.words for line in lines if line.kind == kind])
            for kind in KINDS
        }
        found["all"] = self._tokens([line.words for line in lines])
        return {kind: loss_on(self.trainer.model, tokens) for kind, tokens in found.items()}

    def _stories(self, temperature: float) -> Row:
        """Stories of one temperature as counted: see `StoryCounts`."""
        n = self.settings.n_stories if temperature else len(TONGUES[self.lang].went)
        seed = self.trainer.settings.seed
        written = asking.stories(self.trainer.model, self.lang, temperature, n, seed)
        return {"temperature": temperature, **asking.told_of(written)}
