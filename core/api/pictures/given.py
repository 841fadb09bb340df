"""A picture that a request brings along, made ready to be drawn on.

Every file is opened in a child process that can be killed.
"""

from typing import Final

import numpy as np
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from core.api.errors import ApiError
from core.data.pictures import Pixels
from core.errors import InputError
from core.postprocessing.pictures.formats import Opened
from core.postprocessing.pictures.painters import Mask
from core.postprocessing.pictures.strangers import opened_safely

ALLOWED: Final = ("image", "mask")


async def picture_and_mask(
    files: dict[str, list[UploadFile]], size: int
) -> tuple[Pixels, Mask | None]:
    """The picture of a request and what of it is to be drawn anew.

    Args:
        files: of the form: `image`, and perhaps `mask`.
        size: side in pixels that the model draws.

    Returns:
        (size, size, 3), its middle square scaled down; and (size, size), True where the mask, or
        without one the picture itself, is see-through. None if nothing is: all may change.

    Raises:
        ApiError: a file is missing, one too many, no picture, or of another size than the other.
    """
    for name in files:
        if name not in ALLOWED:
            raise ApiError(400, f"Unrecognized request argument: {name}", "unknown_argument", name)
    picture = await _opened(files, "image")
    if picture is None:
        raise ApiError(400, "There is no image.", "missing", "image")
    mask = await _opened(files, "mask")
    if mask is not None and mask.pixels.shape != picture.pixels.shape:
        raise ApiError(400, "Image and mask differ in size.", "invalid_value", "mask")
    clear = picture.clear if mask is None else mask.clear
    if mask is not None and clear is None:
        message = "Nothing of the mask is see-through, so nothing would be drawn."
        raise ApiError(400, message, "invalid_value", "mask")
    redraw = None
    if clear is not None:
        share = np.repeat(clear[..., None].astype(np.uint8) * 255, 3, axis=2)
        redraw = (
            _small(share, size)[..., 0] > 0
        )  # a pixel of the model is drawn anew if any part is
    return _small(picture.pixels, size), redraw


async def _opened(files: dict[str, list[UploadFile]], name: str) -> Opened | None:
    given = files.get(name, [])
    if len(given) > 1:
        raise ApiError(400, f"More than one {name}.", "too_many", name)
    if not given:
        return None
    try:
        return await run_in_threadpool(opened_safely, await given[0].read())
    except InputError as error:
        raise ApiError(400, f"{name}: {error}", "invalid_image_file", name) from None


def _small(pixels: Pixels, size: int) -> Pixels:
    """The middle square of a picture, by the mean of what falls into each new pixel."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
    return np.asarray(square.resize((size, size), Image.Resampling.BOX))
