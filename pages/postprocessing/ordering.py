"""The line as the visitor has set it: which stages, in which order, each with its settings."""

from typing import Any

from core.postprocessing.stages import ON_BY_DEFAULT, STAGES, StageSetting, in_order
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.postprocessing import kinds, own


def action(t: Words) -> None:
    """What happens to private data: to all of it, to single kinds, and by rules of one's own."""
    controls.choice(
        "private_action",
        t("postprocessing.action"),
        kinds.action_names(t).__getitem__,
        show_label=False,
    )
    kinds.show(t)
    own.show(t)


def line() -> list[StageSetting]:
    """The stages in the visitor's order, each with its settings."""
    places = ordered(state.value("stage_line"))
    return [StageSetting(name, on, settings_of(name)) for name, on in places]


def ordered(written: str | None) -> list[tuple[str, bool]]:
    """Name and switch of every stage, from the address: "private -secrets".

    What is no stage is passed over. Those that are not named follow in their usual order, off; if
    none is named, those that work without being asked to are on.
    """
    wanted = [name for name in (written or "").split() if name.removeprefix("-") in STAGES]
    known = {name.removeprefix("-"): not name.startswith("-") for name in wanted}
    for name in in_order(STAGES):
        known.setdefault(name, name in ON_BY_DEFAULT and not wanted)
    return list(known.items())


def settings_of(name: str) -> dict[str, Any]:
    """What the visitor has set about a stage."""
    if name == "classifier":
        return {"threshold": float(state.value("threshold"))}
    if name != "private":
        return {}
    return {**kinds.settings(state.value("private_action")), **own.settings()}
