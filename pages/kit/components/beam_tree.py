"""Beam search as a tree that grows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class TreeNode:
    """One candidate that the search looked at.

    Args:
        number: its own.
        parent: that of the one it follows; -1 at the beginning.
        depth: tokens written up to it, from 1.
        text: the token.
        share: its probability after what stands before it.
        total: log-probability of the whole text up to it, in nats.
        state: what became of it.
    """

    number: int
    parent: int
    depth: int
    text: str
    share: float
    total: float
    state: Literal["alive", "dropped", "finished"]


def beam_tree(nodes: Sequence[TreeNode], t: Words, *, key: str, id_: str) -> None:
    """Draw the tree; a slider shows how it has grown.

    Args:
        id_: changes when the tree does.
    """
    data = {
        "nodes": [asdict(node) for node in nodes],
        "depth": max((node.depth for node in nodes), default=1),
        "id": id_,
        "lang": t.lang,
        "words": {
            "label": t("choosing.tree_label"),
            "slider": t("choosing.tree_slider"),
            "step": t("choosing.tree_step", n="{n}", of="{of}"),
            "best": t("choosing.tree_best", text="{text}", share="{share}"),
        },
    }
    mount("beam_tree", key, data)
