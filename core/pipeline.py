"""The six steps of a generative model's life, in order, and the letters for tensor axes.

Everything that lists the steps (ribbon, pages, lineage) takes them from here.
"""

from typing import Final

STEPS: Final = (
    "data",
    "architecture",
    "training",
    "alignment",
    "inference",
    "postprocessing",
)

AXES: Final = {
    "B": "batch: sequences computed side by side",
    "T": "tokens: positions in a sequence",
    "C": "channels: numbers that describe one token inside the model",
    "H": "heads: attention patterns computed side by side",
    "D": "numbers of one head: C / H",
    "V": "vocabulary: tokens the model can choose from",
}
