"""The places of the site: home, the six steps and their stations, and the pages beside them.

Paths are absolute: the executed script is in pages/kit, the page files one folder above it.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlencode

import streamlit as st

from core.modality import MODALITIES, PICTURES, TEXT
from core.pipeline import STEPS
from pages.kit import state
from pages.kit.catalogue import Words

PAGES: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Place:
    """One address of the site.

    Args:
        name: "home", a step, a station, or one of BESIDE; also the address, except for home.
        file: the script, relative to pages/.
        step: the step it belongs to; None for home and the pages beside the steps.
        beside: the page beside the steps that it is, or is a station of; else None.
    """

    name: str
    file: str
    step: str | None
    beside: str | None = None

    @property
    def around(self) -> str | None:
        """The overview whose stations it is one of, or is itself: a step, or one of BESIDE."""
        return self.step or self.beside

    @property
    def _folder(self) -> str:
        """The folder of its parts, relative to pages/."""
        return self.file.rpartition("/")[0] or self.name

    def kind(self, modality: str) -> str:
        """Which kind of data the place is about, for a visitor who looks at this one: home and the
        pages beside the steps are about text, and so is a place that has no such folder, except a
        station that one kind alone has.
        """
        if self._has_folder_of(modality):
            return modality
        have_it = [
            kind for kind, steps in STATIONS.items() if self.name in steps.get(self.step or "", ())
        ]
        return have_it[0] if len(have_it) == 1 else TEXT

    def _has_folder_of(self, kind: str) -> bool:
        """Whether a kind besides text has parts and words of its own here."""
        return (PAGES / self._folder / kind / "overview.py").exists()

    def body(self, modality: str) -> str:
        """The module that draws all below the question; it has a function `draw`."""
        kind, folder = self.kind(modality), self._folder.replace("/", ".")
        return f"pages.{folder}{'.' + kind if self._has_folder_of(kind) else ''}.overview"

    def part(self, name: str) -> str:
        """The module of one of its parts."""
        return f"pages.{self._folder.replace('/', '.')}.{name}"

    def words(self, modality: str) -> str:
        """The catalogue file with the place's question and answer."""
        kind = self.kind(modality)
        return f"{self.name}_{kind}" if self._has_folder_of(kind) else self.name

    @property
    def path(self) -> str:
        """The address on this server, starting with a slash."""
        return "/" if self.name == "home" else f"/{self.name}"


STATIONS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    TEXT: {
        "architecture": ("glass", "parts", "scale"),
        "alignment": ("tuning", "preferring", "aligning"),
        "inference": ("choosing", "prompting", "cost"),
        "postprocessing": ("safety", "form", "marking", "sending"),
    },
    PICTURES: {"architecture": ("latent",), "alignment": ("tuning", "preferring")},
}
"""For each kind of data the stations of its steps, in navigation order:
pages/<step>/<station>/<station>.py."""

BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "journey": (),
    "path": (),
    "kinds": (),
    "limits": (
        "confident",
        "lookup",
        "often",
        "backwards",
        "byheart",
        "bias",
        "rule",
        "slope",
        "families",
    ),
    "decisions": (),
    "glossary": (),
    "room": (),
}
"""Places outside the six steps, pages/<name>/<name>.py, and the stations of each, in navigation
order: pages/<name>/<station>/<station>.py. All are about text, whatever data a visitor looks at."""

DOCUMENTS: Final = {"/show": "pages.show.player", "/report": "pages.show.report"}
"""Addresses of whole documents beside the places: for each the module whose `serve` answers."""

BEGINS: Final[dict[str, tuple[str, ...]]] = {
    "data": ("often", "bias"),
    "architecture": ("slope", "families"),
    "training": ("backwards", "byheart"),
    "alignment": ("confident",),
    "inference": ("confident", "lookup", "rule"),
    "postprocessing": ("byheart",),
}
"""The limits that begin in a step: stations of the place “limits” that the step's page leads to."""

WITHOUT_SENTENCE: Final = frozenset(
    {
        "backwards",
        "bias",
        "byheart",
        "confident",
        "decisions",
        "form",
        "glossary",
        "limits",
        "lookup",
        "often",
        "path",
        "prompting",
        "room",
        "rule",
        "scale",
        "slope",
        "training_pictures",
        "tuning_pictures",
    }
)
"""Pages, by the file of their words, on which the travelling sentence plays no part: none shows it
and the address keeps it for the next page."""

PLACES: Final = (
    Place("home", "0_home.py", None),
    *(Place(step, f"{n}_{step}.py", step) for n, step in enumerate(STEPS, start=1)),
    *(
        Place(station, f"{step}/{station}/{station}.py", step)
        for step, station in dict.fromkeys(
            (step, station)
            for steps in STATIONS.values()
            for step, names in steps.items()
            for station in names
        )
    ),
    *(Place(name, f"{name}/{name}.py", None, name) for name in BESIDE),
    *(
        Place(station, f"{name}/{station}/{station}.py", None, name)
        for name, stations in BESIDE.items()
        for station in stations
    ),
)
BY_NAME: Final = {place.name: place for place in PLACES}
VIEWS: Final = tuple(
    (place, modality)
    for modality in MODALITIES
    for place in PLACES
    if place.kind(modality) == modality
)
"""Every place with each kind of data that it is about."""


def is_foreign(name: str, modality: str) -> bool:
    """Whether the place is a station that another kind of data has."""
    step = BY_NAME[name].step
    return step not in (None, name) and name not in STATIONS[modality].get(step or "", ())


def following(name: str) -> str:
    """The place that comes next: from an overview the step's first station, from a station the
    next one, from the last station or a step without any the next step; after the last step, a
    sentence's way through all of them, or for other data the kinds side by side, and then home. A
    page beside the steps leads through its own stations, and then home.
    """
    step, beside = BY_NAME[name].step, BY_NAME[name].beside
    if beside:
        return _after(name, (beside, *BESIDE[beside])) or "home"
    if step is None:
        return STEPS[0]
    if is_foreign(name, state.modality()):
        return step
    n = STEPS.index(step) + 1
    later = _after(name, (step, *STATIONS[state.modality()].get(step, ())))
    if later or n < len(STEPS):
        return later or STEPS[n]
    return "journey" if state.modality() == TEXT else "kinds"


def _after(name: str, places: tuple[str, ...]) -> str:
    """The next of these places; empty after the last."""
    return (*places, "")[places.index(name) + 1]


def page(name: str, t: Words) -> st.Page:
    """The place as a Streamlit page, titled in the visitor's language; each run has its own."""
    return copy(linked(name, t))


@cache
def linked(name: str, t: Words) -> st.Page:
    """The same to link to, made once: making it looks at the disk."""
    place = BY_NAME[name]
    home = name == "home"
    return st.Page(
        PAGES / place.file,
        title=t("shell.brand") if home else t(f"shell.{name}"),
        url_path="" if home else name,
        default=home,
    )


def href(name: str) -> str:
    """The address of a place with the visitor's shareable settings, for a real link."""
    return hrefs([name])[0]


def hrefs(names: Iterable[str]) -> list[str]:
    """The addresses of places with the visitor's shareable settings, all at once."""
    carried = urlencode(state.shared())
    return [BY_NAME[name].path + (f"?{carried}" if carried else "") for name in names]


def go(name: str, t: Words) -> NoReturn:
    """Open another place without reloading, keeping the shareable settings."""
    st.switch_page(page(name, t), query_params=state.shared())
