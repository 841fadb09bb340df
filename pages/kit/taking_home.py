"""What a step hands over for good: models as others load them, runs as notebooks that repeat them.

Nothing is made before somebody clicks, and nothing is looked up before somebody opens the drawer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from core.errors import GlassboxError, NoEqualArchitecture
from core.jobs import programs
from core.lineage import MODEL_KINDS, Kind
from core.modality import PICTURES, TEXT
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.importing import imported
from pages.kit.numbers import whole
from pages.kit.parts import note, show_error
from pages.kit.plan_names import choice_names, setting_names

if TYPE_CHECKING:
    from core.services import Services
    from core.store import RunRecord
    from pages.kit.on_hand import OnHand

N_RUNS: Final = 2  # the latest: a pair is two
N_WAYS: Final = 3  # that are named where a design cannot go home


@dataclass(frozen=True)
class Made:
    """What a place makes.

    Args:
        kinds: of models.
        programs: whose runs it shows.
        with_example: whether the example's recipe is offered as a notebook, too.
    """

    kinds: tuple[Kind, ...] = ()
    programs: tuple[str, ...] = ()
    with_example: bool = False


MADE: Final[Mapping[str, Mapping[str, Made]]] = {
    TEXT: {
        "training": Made(("checkpoint",), (programs.TRAINING,), with_example=True),
        "tuning": Made(("tuned",), (programs.FINE_TUNING,)),
        "preferring": Made((), (programs.REWARD,)),
        "aligning": Made(("aligned",), (programs.DPO, programs.GRPO)),
        "alignment": Made(("tuned", "aligned"), ()),
        "glass": Made(MODEL_KINDS),
        "inference": Made(MODEL_KINDS),
        "parts": Made((), (programs.ABLATION, programs.ENCODINGS)),
        "backwards": Made((), (programs.REVERSAL,)),
        "often": Made((), (programs.TELLING, programs.WORDINGS)),
        "bias": Made((), (programs.ROLES, programs.PAIRS)),
        "families": Made((), (programs.FAMILIES,)),
        "byheart": Made((), (programs.MEMORISING,)),
        "slope": Made((), (programs.SIZES, programs.NEXT_SIZE)),
        "rule": Made((), (programs.ADDING, programs.GROKKING)),
        "lookup": Made((), (programs.GROUNDING,)),
    },
    PICTURES: {
        "training": Made(("checkpoint",), (programs.DENOISING,)),
        "tuning": Made(("tuned",), (programs.PICTURE_TUNING,)),
        "alignment": Made(("aligned",), (programs.PICTURE_DPO,)),
        "inference": Made(MODEL_KINDS),
    },
}
"""For each kind of data: what can be taken home from which place."""


def offer(t: Words, name: str) -> None:
    """The drawer of a place, if it makes anything; under "watch" there is none."""
    made = MADE.get(state.modality(), {}).get(name)
    if made is not None and state.depth() != "watch":
        _drawer(name, state.modality())


@st.fragment
def _drawer(name: str, modality: str) -> None:
    """Opened alone: the page around it is not computed again."""
    t, made = state.t(), MADE[modality][name]
    drawer = st.expander(t("takehome.what"), key="gb_taking_home", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        note(t("takehome.about"))
        services, owner = imported("core.services").services(), state.owner()
        models, runs = _models(services, owner, made), _runs(services, owner, made)
        for model in models:
            _model(services, owner, model, t)
        for run in runs:
            _run(services, owner, run, t)
        if made.with_example:
            _example(t)
        if not (models or runs or made.with_example):
            note(t("takehome.nothing"))
        if modality == PICTURES:
            note(t("takehome.picture_note"))


def _models(services: "Services", owner: str, made: Made) -> Sequence["OnHand"]:
    """The models of these kinds: the visitor's own, then the example's."""
    if not made.kinds:
        return []
    found: Sequence[OnHand] = imported("pages.kit.on_hand").on_hand(
        services.store, owner, state.modality(), made.kinds
    )
    return found


def _runs(services: "Services", owner: str, made: Made) -> list["RunRecord"]:
    """The latest runs that came to something."""
    found = [
        run
        for run in services.store.runs.of_owner(owner)
        if run.program in made.programs and run.is_finished and run.result
    ]
    return found[:N_RUNS]


def _model(services: "Services", owner: str, model: "OnHand", t: Words) -> None:
    """One model; what cannot be written in a form that others read is told why."""
    artifact, making = model.chain[-1], imported("pages.kit.home_files")
    label = _names(t)[model.whose, artifact.kind] + (" (B)" if model.lane == "b" else "")
    try:
        making.check(services.store, owner, model)
    except GlassboxError as error:
        note(label)
        show_error(error, t)
        if isinstance(error, NoEqualArchitecture):
            _ways_out(error, making.ways_out_of(services.store, owner, model), t)
        if model.whose == "yours":
            note(t("takehome.refused_run"))
        return
    _button(
        label,
        partial(making.model_file, services.store, owner, model),
        f"{making.name_of_model(model)}.zip",
        f"home_{model.whose}_{model.lane}_{artifact.kind}",
    )


def _ways_out(error: NoEqualArchitecture, ways: Sequence[Mapping[str, Any]], t: Words) -> None:
    """Which choices of the plan cannot go home, and which could instead, as step 2 calls them."""
    if by := _choices(error.values["settings"], t):
        note(t("takehome.refused_by", choices=by))
    if instead := [said for way in ways if (said := _choices(way, t))]:
        note(t("takehome.refused_instead", ways=" · ".join(instead[:N_WAYS])))


def _choices(settings: Mapping[str, Any], t: Words) -> str:
    """Settings of a plan in words; empty if one of them is none that a visitor chooses."""
    names, values = setting_names(t), choice_names(t)
    if not settings.keys() <= names.keys():
        return ""
    switched = {True: t("takehome.switched_on"), False: t("takehome.switched_off")}
    return ", ".join(
        t(
            "takehome.choice",
            name=names[name],
            value=switched[value]
            if isinstance(value, bool)
            else values.get(value) or whole(value, t.lang),
        )
        for name, value in settings.items()
    )


def _run(services: "Services", owner: str, run: "RunRecord", t: Words) -> None:
    """One run as a notebook, with all it read beside it."""
    making = imported("pages.kit.home_files")
    _button(
        t("takehome.run", n=whole(run.step, t.lang), program=_programs(t).get(run.program, "")),
        partial(making.run_file, services.store, owner, run, t),
        f"{making.name_of_run(run)}.zip",
        f"home_{run.id}",
    )


def _example(t: Words) -> None:
    """The example model, made again from nothing."""
    making = imported("pages.kit.home_files")
    _button(
        t("takehome.example_run"),
        partial(making.example_file, t),
        "glassbox-example-model.ipynb",
        "home_example",
    )


def _button(label: str, make: Callable[[], bytes], file: str, key: str) -> None:
    """A file that is made when it is asked for."""
    st.download_button(label, make, file_name=file, key=key, on_click="ignore")


def _names(t: Words) -> Mapping[tuple[str, str], str]:
    return {
        ("yours", "checkpoint"): t("takehome.your_base"),
        ("yours", "tuned"): t("takehome.your_tuned"),
        ("yours", "aligned"): t("takehome.your_aligned"),
        ("house", "checkpoint"): t("takehome.example_base"),
        ("house", "tuned"): t("takehome.example_tuned"),
        ("house", "aligned"): t("takehome.example_aligned"),
    }


def _programs(t: Words) -> Mapping[str, str]:
    """What a run did, in a word."""
    learned, tried = t("takehome.did_train"), t("takehome.did_try")
    return {
        **{each: tried for place in MADE[TEXT].values() for each in place.programs},
        programs.TRAINING: learned,
        programs.DENOISING: learned,
        programs.FINE_TUNING: t("takehome.did_tune"),
        programs.PICTURE_TUNING: t("takehome.did_tune"),
        programs.REWARD: t("takehome.did_reward"),
        programs.DPO: t("takehome.did_dpo"),
        programs.PICTURE_DPO: t("takehome.did_dpo"),
        programs.GRPO: t("takehome.did_grpo"),
    }
