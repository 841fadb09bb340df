"""`python -m core house --pictures`: make all that is shipped for pictures again, part by part."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Protocol

from core.house.files import Folder
from core.house.latent.making import make_latent
from core.house.pictures.curves import measure_curves
from core.house.pictures.filtering import make_filter
from core.house.pictures.guided import make_guided
from core.house.pictures.lanes import make_lanes
from core.house.pictures.looks import make_looks
from core.house.pictures.making import make_pictures


class Part(Protocol):
    """Makes one part; explained at `make_all_of_pictures`."""

    def __call__(
        self,
        folder: Folder,
        *,
        is_quick: bool,
        say: Callable[[str], None],
        work: Path | None = None,
    ) -> dict[str, Any]: ...


PARTS: Final[dict[str, Part]] = {
    "model": make_pictures,
    "latent": make_latent,
    "lanes": make_lanes,
    "looks": make_looks,
    "guidance": make_guided,
    "filter": make_filter,
    "alignment": measure_curves,
}
"""In the order in which they stand on each other."""


def make_all_of_pictures(
    folder: Folder,
    parts: Iterable[str] = (),
    *,
    is_quick: bool,
    say: Callable[[str], None],
    work: Path | None = None,
) -> None:
    """Make the parts, or all of them.

    Args:
        folder: where the files go.
        parts: of PARTS; none: all.
        is_quick: recipes small enough for a test, which teach nothing.
        say: is told what is under way.
        work: where snapshots of trainings are kept, and taken up if one was interrupted.
    """
    wanted = set(parts) or set(PARTS)
    for name, make in PARTS.items():
        if name in wanted:
            make(folder, is_quick=is_quick, say=say, work=work)
