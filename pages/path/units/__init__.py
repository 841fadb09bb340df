"""The units of the learning path, one file each; a new one is a file here and a name in GROUPS."""

from typing import Final

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "inference": ("words", "choosing", "prompting"),
    "data": ("tokens", "duplicates"),
    "architecture": ("heads", "scale"),
    "training": ("learning",),
    "alignment": ("answering", "preferring"),
    "postprocessing": ("checking",),
    "limits": ("confident", "lookup", "byheart", "bias"),
    "kinds": ("pictures",),
}
"""Units in their order, under the place that they belong to. It begins where one can see most: at
the writing."""

ORDER: Final = tuple(name for names in GROUPS.values() for name in names)
