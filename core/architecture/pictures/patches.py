"""A picture cut into square patches, a token each, and put together again: nothing is lost.

Source: Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words", arXiv:2010.11929, section 3.1.
"""

from torch import Tensor


def to_patches(pictures: Tensor, patch: int) -> Tensor:
    """Cut pictures into patches.

    Args:
        pictures: (B, 3, S, S), S divisible by `patch`.
        patch: side of a patch in pixels (P).

    Returns:
        (B, N, P * P * 3): patches row by row from the top left, N = (S / P)²; in each its pixels
        row by row, red, green and blue of a pixel side by side.
    """
    B, colours, S, _ = pictures.shape
    n = S // patch
    tiles = pictures.reshape(B, colours, n, patch, n, patch)  # rows of patches, rows of pixels, ...
    return tiles.permute(0, 2, 4, 3, 5, 1).reshape(B, n * n, patch * patch * colours)


def from_patches(patches: Tensor, patch: int) -> Tensor:
    """The inverse of `to_patches`: (B, N, P * P * 3) -> (B, 3, S, S)."""
    B, N, numbers = patches.shape
    n, colours = round(N**0.5), numbers // patch**2
    tiles = patches.reshape(B, n, n, patch, patch, colours)
    return tiles.permute(0, 5, 1, 3, 2, 4).reshape(B, colours, n * patch, n * patch)
