"""The shipped denoiser as a painter, for whoever wants pictures of captions from it."""

from dataclasses import replace
from functools import cache

from core.house.files import Folder
from core.house.pictures.chain import house_denoiser, house_pictures
from core.inference.pictures import DrawSettings, PictureModel
from core.lineage import content_id
from core.postprocessing.pictures.painters import ModelPainter


def usual_for(model: PictureModel) -> DrawSettings:
    """How a model draws best: as the example does, but with no more guidance than it was
    fine-tuned for, above which it exaggerates.
    """
    shipped = house_pictures()
    usual = DrawSettings(**shipped.drawing) if shipped else DrawSettings()
    if model.guidance is None or model.guidance >= usual.guidance:
        return usual
    return replace(usual, guidance=model.guidance)


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
