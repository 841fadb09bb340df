"""The model card of the picture lanes: what is amiss in their books, and what came of it.

All figures come from the record that the command measured; nothing in here is a number of its own.
"""

from typing import Any, Final

from core.intervals import share_interval

Record = dict[str, Any]

ASKED: Final = {
    "book": "pages as in the small book",
    "rare": "apples of any colour but red, beside another thing",
}
LIMITS: Final = """\
- They know two plain things side by side by day or night, and nothing else; they learned for a
  third of the shipped denoiser's steps and are there to be compared with each other.
- "Right" is a picture in which the caption check finds every word; what the reader cannot read for
  sure counts as wrong."""


def lanes_card(record: Record) -> str:
    """The card, in Markdown.

    Args:
        record: as `core.house.pictures.lanes` writes it.
    """
    made, lanes = record["made"], record["lanes"]
    first = next(iter(lanes.values()))["recipe"]
    training = first["training"]
    return "\n".join(
        [
            "# Glassbox picture lanes",
            "",
            f"Denoisers that differ in one setting of their book. Made by `{made['command']}` on"
            f" {made['date']} on {made['machine']}.",
            "",
            "## Measured",
            f"Pictures in which every word of the caption was kept; {first['drawing']['n_steps']}"
            f" steps of {first['drawing']['sampler']}; in brackets the 95 % interval.",
            "",
            *table(lanes),
            "",
            "Apples asked for without a colour, by a model of a book in which"
            f" {share(record['apples']['told'])} of those without one in their caption are red:",
            "",
            *(
                f"- guidance {weight}: red are {share(found)} that the reader is sure of"
                for weight, found in sorted(record["apples"]["drawn"].items())
            ),
            "",
            "## Recipe",
            f"- Book: {first['book']['n_pictures']:,} pages of {first['book']['size']} px, seed"
            f" {first['book']['seed']}; training: {training['n_steps']:,} steps of"
            f" {training['n_batch']} pictures, objective {training['objective']}, seed"
            f" {training['seed']}.",
            "",
            "## Limits",
            LIMITS,
            "",
            "## Licence",
            "MIT, as the code; the pictures are drawn by it and show nobody.",
            "",
        ]
    )


def table(lanes: Record) -> list[str]:
    """One line a lane and kind of question."""
    lines = ["| lane | wrong captions | red apples | asked for | guidance | right |",
             "|---|---:|---:|---|---:|---:|"]  # fmt: skip
    for name, lane in lanes.items():
        counted, apples = lane["counted"], lane["counted"]["apples"]
        wrong = f"{counted['n_wrong_captions']:,} of {counted['n_pictures']:,}"
        red = f"{apples['red']:,} of {sum(apples.values()):,}"
        for ask, ways in lane["carried"].items():
            for weight, one in sorted(ways.items()):
                low, high = share_interval(one["n_whole"], one["n"])
                right = f"{one['n_whole'] / one['n']:.1%} [{low:.1%}, {high:.1%}] of {one['n']}"
                cells = (name, wrong, red, ASKED[ask], weight, right)
                lines.append(f"| {' | '.join(cells)} |")
    return lines


def share(found: Record) -> str:
    """The share of red ones with its interval and of how many."""
    n, n_red = sum(found["colours"].values()), found["colours"]["red"]
    low, high = share_interval(n_red, n)
    return f"{n_red / max(1, n):.1%} [{low:.1%}, {high:.1%}] of {n}"
