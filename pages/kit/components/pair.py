"""Two lives that differ in one thing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Consequence:
    """One consequence of a pair's difference, in both lanes.

    Args:
        label: what was measured.
        a, b: the measurements; None: not yet.
        a_shown, b_shown: as they are written.
        change: the difference as it is written.
        note: a word on how it was measured.
        top: what a full bar means; None: the larger of the two.
        bar: whether bars make sense.
        href: where it was measured.
    """

    label: str
    a: float | None
    b: float | None
    a_shown: str
    b_shown: str
    change: str = ""
    note: str = ""
    top: float | None = None
    bar: bool = True
    href: str = ""


def lanes(
    rows: Sequence[Consequence], t: Words, *, key: str, names: tuple[str, str], label: str
) -> None:
    """Two lives that differ in one thing, measured side by side.

    Args:
        rows: the measurements, in the order of the steps.
        names: what the lanes are called.
        label: what is compared, for those who hear the table.
    """
    data = {
        "rows": [asdict(row) for row in rows],
        "names": list(names),
        "label": label,
        "words": {"measured": t("components.measured"), "change": t("components.change")},
    }
    mount("lanes", key, data)
