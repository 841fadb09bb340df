"""Two lanes that differ in one thing, compared."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Consequence:
    """One consequence of a pair's difference, in both lanes.

    Args:
        label: what was measured.
        a, b: the measurements; None: not measured yet.
        a_shown, b_shown: the measurements as displayed.
        change: the difference as displayed.
        note: a remark on how it was measured.
        top: value of a full bar; None: the larger of the two.
        bar: whether bars make sense.
        href: link to where it was measured.
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
    """Two lanes that differ in one thing, measured side by side.

    Args:
        rows: the measurements, in the order of the steps.
        names: the names of the lanes.
        label: what is compared, for people using a screen reader.
    """
    data = {
        "rows": [asdict(row) for row in rows],
        "names": list(names),
        "label": label,
        "words": {"measured": t("components.measured"), "change": t("components.change")},
    }
    mount("lanes", key, data)
