"""A text that is steered: its tokens with surprise and entropy, and the tree of its branches."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

Obstacle = Literal["", "ended", "full", "many"]


@dataclass(frozen=True)
class TextToken:
    """One token of the text so far.

    Args:
        number: of its place in the tree.
        text: as it is read.
        special: whether it is a mark that a reader does not see.
        how: "given", "forced" or "drawn".
        share: its probability after all steps; None if given.
        steps: the steps with their settings when it was taken, in words.
        p: its probability by the model's own account; None for the first token.
        bits: its surprise.
        entropy: of the model's distribution before it, in bits.
        rank: 1 for the likeliest token.
        likeliest: the likeliest tokens in its place, with their probabilities.
    """

    number: int
    text: str
    special: bool
    how: str
    share: float | None
    steps: str
    p: float | None
    bits: float | None
    entropy: float | None
    rank: int | None
    likeliest: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Branch:
    """One token of the tree.

    Args:
        number: its own.
        parent: that of the token before it; -1 at the beginning.
        text: as it is read.
        how: "given", "forced" or "drawn".
        p: its probability by the model's own account.
        share: its probability after all steps; None if given.
        total: log-probability of the whole text up to it, in nats.
        steps: the steps with their settings when it was taken, in words.
    """

    number: int
    parent: int
    text: str
    how: str
    p: float | None
    share: float | None
    total: float
    steps: str


def steered_text(
    tokens: Sequence[TextToken],
    t: Words,
    *,
    key: str,
    mean: str,
    obstacle: Obstacle,
    stopped: str,
    acts: Sequence[str],
    n_more: str,
    first: Callable[[], None],
) -> None:
    """Draw the text so far; what is clicked comes back as "act".

    Args:
        mean: its mean surprise, in words.
        obstacle: why nothing can be appended.
        stopped: the same in words.
        acts: those of "write", "undo" and "reset" that do something now.
        n_more: how many tokens "write" appends.
        first: called when something has been clicked.
    """
    data = {
        "tokens": [asdict(each) for each in tokens],
        "mean": mean,
        "stopped": stopped if obstacle else "",
        "acts": list(acts),
        "lang": t.lang,
        "words": {
            "label": t("choosing.steer_label"),
            "write": t("choosing.steer_write", n=n_more),
            "undo": t("choosing.steer_undo"),
            "reset": t("choosing.steer_reset"),
            "surprise": t("choosing.steer_surprise"),
            "entropy": t("choosing.steer_entropy"),
            "unit": t("choosing.steer_bits"),
            "about": t("choosing.steer_about"),
            "no_value": t("choosing.steer_no_value"),
            "value": t(
                "choosing.steer_value", p="{p}", rank="{rank}", bits="{bits}", entropy="{entropy}"
            ),
            "likeliest": t("choosing.steer_likeliest", list="{list}"),
            "go": t("choosing.steer_go", token="{token}"),
            **_ways(t),
        },
    }
    mount("steered_text", key, data, "act", first=first)


def branch_tree(
    nodes: Sequence[Branch],
    t: Words,
    *,
    key: str,
    current: int,
    n_given: int,
    first: Callable[[], None],
) -> None:
    """Draw the tree of the branches; what is clicked comes back as "act".

    Args:
        current: the last token of the current text.
        n_given: how many of the nodes are the beginning.
        first: called when something has been clicked.
    """
    data = {
        "nodes": [asdict(node) for node in nodes],
        "current": current,
        "n_given": n_given,
        "lang": t.lang,
        "words": {
            "label": t("choosing.branches_label"),
            "legend": t("choosing.branches_legend"),
            "forced_line": t("choosing.branches_forced"),
            "drawn_line": t("choosing.branches_drawn"),
            "here": t("choosing.branches_here"),
            "begins": t("choosing.branches_begins", text="{text}"),
            "node": t("choosing.branches_node", token="{token}", own="{own}", total="{total}"),
            "total": t("choosing.branches_total", total="{total}"),
            "text": t("choosing.branches_text", text="{text}", total="{total}"),
            **_ways(t),
        },
    }
    mount("branch_tree", key, data, "act", first=first)


def _ways(t: Words) -> dict[str, str]:
    """How a token came to stand there, in words."""
    return {
        "forced": t("choosing.was_forced", share="{share}"),
        "drawn": t("choosing.was_drawn", share="{share}"),
        "with_steps": t("choosing.with_steps", steps="{steps}"),
        "without_steps": t("choosing.without_steps"),
    }
