"""The taste of a room: one reward model and one aligned model that learn from everybody's clicks.

Both are ordinary runs of the host with the ordinary programs, and what comes of them lies on the
host's bench. Invariant: every pair counts once, with the verdict that most people gave; where
people are equally divided it counts for nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.alignment.preferring.following import followed
from core.alignment.preferring.preferences import Preference, numbers_of, to_bytes
from core.alignment.settings import N_PARTS
from core.alignment.text.asking import draw_questions
from core.data.world import WorldSettings, town
from core.errors import NotFound, SettingError, TooFewChoices, UnderWay
from core.jobs.programs import DPO, REWARD
from core.languages import LANGS, Lang
from core.lineage import Artifact, Number, content_id
from core.modality import TEXT
from core.rooms.lessons import Said
from core.rooms.room import state_of
from core.rooms.together.pairs import Clicks, clicks
from core.services import Services
from core.store import Ballot, Lane
from core.store.rooms import PAIR, RoomRecord

ENOUGH: Final = 10  # pairs with a better answer, the fewest that a reward model can learn from
REWARD_STEPS: Final = 60
FEW_PAIRS: Final = 100  # with fewer, a fifth is too small an exam: cross-validate
N_FOLDS: Final = 5
FEW_STEPS: Final = 30  # of each model in cross-validation
ALIGN_STEPS: Final = 40
N_EXAMS: Final = 4  # of the aligned model along the way
N_WATCHED: Final = 4  # questions whose answers are shown before and after
POLITE: Final = "polite"  # what is measured where the room follows no rule

NAMES: Final[Mapping[str, Said]] = {
    REWARD: {"en": "The room's reward model", "de": "Belohnungsmodell (reward model) des Raums"},
    DPO: {"en": "The room's taste", "de": "Geschmack des Raums"},
}


@dataclass(frozen=True)
class Answering:
    """The model whose answers a room compares, with what it was made from."""

    model: Artifact
    encoder: Artifact
    lane: Lane
    world: WorldSettings

    def langs(self, wanted: Lang) -> list[Lang]:
        """The room's language if the model has read it; else what it has read."""
        german = self.world.german_share
        read = [lang for lang in LANGS if german < 1.0 or lang == "de"]
        read = [lang for lang in read if german > 0.0 or lang != "de"]
        return [wanted] if wanted in read else read


def answering(services: Services, owner: str) -> Answering:
    """The first model that answers: the host's own, else the example.

    Raises:
        NotFound: there is none.
    """
    store = services.store
    view, house = store.benches.with_house(owner, TEXT)
    found: list[tuple[Lane, str]] = [
        (lane, slots["tuned"].artifact.id)
        for lane, slots in view.items()
        if "tuned" in slots and slots["tuned"].whose == "yours"
    ]
    found += [("a", house.lanes["a"]["tuned"])] if "tuned" in house.lanes["a"] else []
    if not found:
        raise NotFound("no model that answers is there")
    lane, id_ = found[0]
    chain = store.artifacts.lineage(owner, id_)
    encoder = next(each for each in reversed(chain) if each.kind == "encoder")
    told = [each.settings.get("world") for each in chain if each.kind == "corpus"]
    return Answering(chain[-1], encoder, lane, _world(next(filter(None, told), None)))


def _world(given: Mapping[str, Any] | None) -> WorldSettings:
    """The small world a model has read about; the usual one where it is not known any more."""
    try:
        return WorldSettings(**(given or {}))
    except (SettingError, TypeError):
        return WorldSettings()


def train(services: Services, room: RoomRecord, n_steps: int = ALIGN_STEPS) -> dict[str, Any]:
    """Let a reward model learn from what the room has chosen; the aligned model follows it.

    Args:
        services: store and engine.
        room: whose choices they are.
        n_steps: of the aligned model.

    Returns:
        {"reward": run id, "aligned": "", "preferences": id, "n_steps", "n_simulated"}; see `align`.

    Raises:
        UnderWay: the host trains something else.
        TooFewChoices: fewer than ENOUGH pairs have a better answer.
        NotFound: the model whose answers were compared is gone.
    """
    chosen, owner = clicks(services.store.rooms, room), room.host
    n_pairs = len(chosen.settled().pairs)
    if n_pairs < ENOUGH:
        raise TooFewChoices(f"{n_pairs} pairs have a better answer", n=n_pairs, needed=ENOUGH)
    if going := services.engine.under_way(owner):  # before anything on the bench changes
        names = [run.name for run in going]
        raise UnderWay(f"{len(names)} runs are still going on", names=names)
    by = answering(services, owner)
    if chosen.pairs[0].texts[PAIR]["model_id"] != by.model.id:
        raise NotFound("the model whose answers were compared is no longer at hand")
    kept = _keep(services, room, chosen, by)
    run = _submit(services, room, by, kept, REWARD, _reward_settings(n_pairs))
    return {
        "reward": run,
        "aligned": "",
        "preferences": kept.id,
        "n_steps": n_steps,
        "n_simulated": chosen.n_simulated,
    }


def align(services: Services, room: RoomRecord) -> str:
    """Begin the aligned model, once the reward model lies on the bench; returns the run's id.

    One after the other, because whatever is placed on a bench takes away what is further along and
    was not made from it.

    Raises:
        UnderWay: the host trains something else.
        NotFound: the choices or the model are gone.
    """
    about = state_of(room).taste
    kept = services.store.artifacts.get(room.host, about["preferences"])
    by = answering(services, room.host)
    settings = _align_settings(by, kept, state_of(room).lang, about["n_steps"])
    return _submit(services, room, by, kept, DPO, settings)


def _submit(
    services: Services,
    room: RoomRecord,
    by: Answering,
    kept: Artifact,
    program: str,
    settings: Mapping[str, Any],
) -> str:
    inputs: dict[str, bytes | str] = {
        "model": by.model.id, "encoder": by.encoder.id, "preferences": kept.id,
    }  # fmt: skip
    name = NAMES[program][state_of(room).lang]
    return services.engine.submit(
        room.host, inputs, settings, program=program, lane=by.lane, name=name
    )


def _keep(services: Services, room: RoomRecord, chosen: Clicks, by: Answering) -> Artifact:
    """Freeze the room's verdicts, put them on the host's bench, and cast them as its ballots."""
    store, owner = services.store, room.host
    read, agreed = chosen.settled(), chosen.agreement
    verdicts: list[Preference] = [*read.pairs, *read.both_bad]
    numbers: dict[str, Number] = {
        **numbers_of(verdicts),
        "n_contradicting": read.n_contradicting,
        "n_people": chosen.n_people,
        "n_clicks": len(chosen.votes),
    }
    if agreed is not None:
        numbers["between_people"] = agreed.share
        numbers |= {"kappa": agreed.kappa} if agreed.kappa is not None else {}
    found = followed(verdicts, town(by.world))
    if found and found[0].beyond_chance:
        numbers["follows"] = found[0].rule
    kept = store.artifacts.keep(
        owner,
        "preferences",
        to_bytes(verdicts),
        parents=[by.model.id],
        settings={"judges": ["you"], "n": len(verdicts), "room": room.code},
        numbers=numbers,
    )
    store.benches.put(owner, by.lane, kept.id, "preferences")
    store.ballots.recast(owner, _ballots(room, chosen, by, verdicts))
    return kept


def _ballots(
    room: RoomRecord, chosen: Clicks, by: Answering, verdicts: list[Preference]
) -> list[Ballot]:
    """The verdicts as the host's ballots, which the page of choosing shows."""
    said = {(one.question, one.a, one.b): one.choice for one in verdicts}
    ballots = []
    for pair in chosen.pairs:
        about, options = pair.texts[PAIR], pair.texts["options"]
        choice = said.get((pair.texts["ask"], options["a"], options["b"]))
        if choice is not None:
            key = content_id(f"room {room.id} {pair.key}".encode())
            ballots.append(
                Ballot(
                    key, by.model.id, pair.texts["ask"], options["a"], options["b"], choice,
                    about["lang"], seed_a=about["seed_a"], seed_b=about["seed_b"],
                )
            )  # fmt: skip
    return ballots


def _reward_settings(n_pairs: int) -> dict[str, Any]:
    """Those that the page of choosing takes for so many pairs."""
    if n_pairs >= FEW_PAIRS:
        every = REWARD_STEPS // 10
        return {"n_steps": REWARD_STEPS, "evaluate_every": every, "n_parts": N_PARTS}
    return {"n_steps": FEW_STEPS, "n_folds": min(N_FOLDS, n_pairs), "n_parts": N_PARTS}


def _align_settings(by: Answering, kept: Artifact, lang: Lang, n_steps: int) -> dict[str, Any]:
    """Those that the page of aligning takes, with questions of the room's language."""
    langs = by.langs(lang)
    watched = draw_questions(
        town(by.world), langs, "held_out", N_WATCHED, 0, ("told", "untold")
    )  # fmt: skip
    return {
        "n_steps": n_steps,
        "evaluate_every": max(1, n_steps // N_EXAMS),
        "rule": str(kept.numbers.get("follows", POLITE)),
        "langs": langs,
        "world": asdict(by.world),
        "watched": [one.text for one in watched],
        "n_parts": N_PARTS,
    }
