"""The shipped denoiser as a painter, for whoever wants pictures of captions from it."""

from functools import cache

from core.house.files import Folder
from core.house.pictures.chain import house_denoiser, house_pictures
from core.inference.pictures import DrawSettings
from core.lineage import content_id
from core.postprocessing.pictures.painters import ModelPainter


@cache
def house_painter(folder: Folder | None = None) -> ModelPainter | None:
    """The finished model; None if nothing is shipped.

    Args:
        folder: the shipped files, or others made by the same command.
    """
    found = house_pictures(folder)
    if found is None:
        return None
    return ModelPainter(
        house_denoiser(folder=folder),
        content_id(found.weights()),
        DrawSettings(**found.drawing),
        found.book.town_seed,
    )
