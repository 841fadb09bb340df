"""What an alignment run starts from: fine-tuned model, preferences, reward model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.alignment.preferring.judged import judged_bytes
from core.alignment.preferring.preferences import from_bytes, numbers_of, settled, to_bytes
from core.alignment.settings import N_PARTS
from core.data.world import WorldSettings, town
from core.languages import Lang
from core.lineage import Artifact, Kind
from core.modality import TEXT
from core.services import services
from core.store import HOUSE, Slot
from pages.alignment.preferring.judging import RULE
from pages.alignment.questions import questions_now
from pages.inference.writing import OnProgress
from pages.kit import models, state
from pages.kit.models import Model
from pages.kit.short_work import finished

N_CLICKS: Final = 30


@dataclass(frozen=True)
class Grounds:
    """The inputs at hand.

    Args:
        model: answers, and is to be aligned.
        preferences: choices between its answers; None where there are none yet.
        reward: the model of these very choices; None where there is none.
    """

    model: Model
    preferences: Artifact | None
    reward: Artifact | None

    @property
    def n_pairs(self) -> int:
        """Number of pairs with a better answer."""
        return int(self.preferences.numbers.get("n_pairs", 0)) if self.preferences else 0

    @property
    def judges(self) -> str:
        """Who chose, comma-separated: "you", "rule:polite"."""
        return str(self.preferences.numbers.get("judges", "")) if self.preferences else ""

    @property
    def by_one_rule(self) -> str:
        """The one rule that made all choices; empty for a person or several rules."""
        judges = self.judges.split(",")
        one = len(judges) == 1 and judges[0].startswith(RULE)
        return judges[0].removeprefix(RULE) if one else ""

    @property
    def follows(self) -> str:
        """The rule that the choices follow beyond chance; empty if none."""
        return str(self.preferences.numbers.get("follows", "")) if self.preferences else ""

    @property
    def world(self) -> WorldSettings:
        """The world whose questions are asked."""
        return self.model.world or WorldSettings()

    @property
    def langs(self) -> list[Lang]:
        """Languages the model has read."""
        german = self.world.german_share
        return ["de"] if german == 1.0 else ["en"] if german == 0.0 else ["de", "en"]

    def inputs(self) -> dict[str, bytes | str]:
        """What every run reads, by artefact id.

        What a run merely looks at would count as what its model was made from: so a model of
        choices is handed to those runs alone that learn from it.
        """
        store, owner = services().store, state.owner()
        return {
            "model": self.model.id,
            "encoder": store.artifacts.nearest(owner, self.model.id, "encoder").id,
        }


def at_hand() -> Grounds | None:
    """The first answering model with its preferences and reward model; None without one."""
    found = models.on_hand(services(), state.owner(), ("tuned",))
    if not found:
        return None
    preferences, reward = _made_of(found[0], "preferences", "reward")
    if reward and preferences and preferences.id not in reward.parents:
        reward = None
    return Grounds(found[0], preferences, reward)


def _made_of(model: Model, *kinds: Kind) -> list[Artifact | None]:
    """For each kind the artefact made from this model, the visitor's own first."""
    store, owner = services().store, state.owner()
    slots: Mapping[Kind, Slot] = store.benches.view(owner, TEXT).get(model.lane, {})
    house = store.benches.of(HOUSE, TEXT).lanes["a"]
    found = []
    for kind in kinds:
        lying = [slots[kind].artifact] if kind in slots else []
        if kind in house and house[kind] not in [artifact.id for artifact in lying]:
            lying.append(store.artifacts.get(owner, house[kind], kind))
        found.append(next((one for one in lying if model.id in one.parents), None))
    return found


def aligned_of(model: Model) -> Artifact | None:
    """The aligned model made from this one; None if there is none."""
    return _made_of(model, "aligned")[0]


def with_clicks(
    grounds: Grounds, rule: str, n: int, on_progress: OnProgress, *, keep: bool = True
) -> Artifact:
    """Let a rule choose between pairs drawn now, and store the result as an artefact.

    Args:
        grounds: whose model answers.
        rule: judges.
        n: pairs wanted.
        on_progress: told how far it is.
        keep: whether they go on the bench.
    """
    store, owner, model = services().store, state.owner(), grounds.model
    work = services().engine.short(
        judged_bytes,
        store.artifacts.read(owner, model.id),
        model.encoder.to_bytes(),
        rule,
        grounds.world,
        grounds.langs,
        n,
        state.seed(),
    )
    chosen = finished(work, on_progress)
    kept = store.artifacts.keep(
        owner,
        "preferences",
        to_bytes(chosen),
        parents=[model.id],
        settings={"judges": [f"rule:{rule}"], "n": n},
        seed=state.seed(),
        numbers=numbers_of(chosen),
    )
    if keep:
        store.benches.put(owner, model.lane, kept.id, "preferences")
    return kept


def first_pairs(preferences: Artifact, n: int) -> bytes:
    """The first n pairs with a better answer, serialised for a run."""
    data = services().store.artifacts.read(state.owner(), preferences.id)
    return to_bytes(settled(from_bytes(data)).pairs[:n])


def watched_questions(grounds: Grounds) -> list[str]:
    """The questions whose answers are shown, the same as on the station of fine-tuning."""
    return questions_now(state.t(), town(grounds.world), tuple(grounds.langs))


def exam_settings(grounds: Grounds, rule: str, **more: Any) -> dict[str, Any]:
    """The exam settings that every run shares."""
    return {
        "rule": rule,
        "watched": watched_questions(grounds),
        "langs": grounds.langs,
        "world": asdict(grounds.world),
        "n_parts": N_PARTS,
        "seed": state.seed(),
        **more,
    }
