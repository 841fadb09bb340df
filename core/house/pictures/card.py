"""The model card of the denoiser: what it is, what it can draw, where it ends.

All figures come from the record that the command measured; nothing in here is a number of its own.
"""

from typing import Any, Final

Record = dict[str, Any]

KINDS: Final = {
    "book": "pages as in the book, in its mixture",
    "seen": "plain things in pairs of thing and colour that were drawn",
    "unseen": "pages with a pair of thing and colour that was never drawn",
    "counts": "two or three of one thing",
    "owned": "what somebody in the town owns",
}
LIMITS: Final = """\
- It knows the drawings of one invented picture book and nothing else: ten plain things in six
  colours, one to three of them, side by side or one above the other, by day or night, and what
  the people of one town own. Asked for anything else, it draws something of these all the same.
- A word that is in no caption of the book counts as unknown and changes next to nothing; so does
  a denial: "no dog" asks for a dog.
- What people own it draws only in the colour that it has in this town.
- Whose it is, no picture shows. Names are drawn by a seed and mean nobody.
- "Right" is what the book's own reader reads for sure; what it cannot read counts as wrong."""


def picture_card(record: Record) -> str:
    """The card, in Markdown.

    Args:
        record: as `core.house.pictures.making` writes it.
    """
    recipe, made, last = record["recipe"], record["made"], record["checkpoints"][-1]
    book, training, drawing = recipe["book"], recipe["training"], recipe["drawing"]
    return "\n".join(
        [
            "# Glassbox house denoiser",
            "",
            f"A text-to-image transformer with {record['n_parameters']:,} parameters, trained on"
            " the picture book (captions in German and English).",
            f"Made by `{made['command']}` on {made['date']} in"
            f" {record['training_seconds'] / 60:.0f} minutes of training on {made['machine']}.",
            "",
            "## Measured",
            f"Whole pictures right, as the book's reader reads them; {drawing['n_steps']} steps of"
            f" {drawing['sampler']}, guidance {drawing['guidance']:g}; in brackets the 95 %"
            " interval. On the shipped weights at their shipped precision.",
            "",
            *table(last["numbers"]),
            "",
            "On the way there:",
            "",
            *way(record["checkpoints"]),
            "",
            "## Recipe",
            f"- Pictures: {book['n_pictures']:,} pages of {book['size']} px drawn with seed"
            f" {book['seed']} (book version {book['version']}); never drawn: "
            + ", ".join(f"{colour} {thing}" for thing, colour in book["held_out"])
            + ".",
            f"- Training: {training['n_steps']:,} steps of {training['n_batch']} pictures,"
            f" objective {training['objective']};"
            f" {training['optimizer']} at {training['learning_rate']},"
            f" everything else at {training['embedding_learning_rate']}; seed {training['seed']};"
            f" shipped is the average of the weights (memory {training['memory']}).",
            f"- Looked at in all: {last['n_pictures']:,} pictures.",
            "",
            "## Limits",
            LIMITS,
            "",
            "## Licence",
            "MIT, as the code; the pictures are drawn by it and show nobody.",
            "",
        ]
    )


def table(numbers: Record) -> list[str]:
    """One line a kind of page."""
    lines = ["| asked for | right | German | English |", "|---|---:|---:|---:|"]
    for kind, words in KINDS.items():
        if not (found := numbers.get(kind)):
            continue
        german, english = (share(found["languages"][lang]) for lang in ("de", "en"))
        lines.append(f"| {words} | {share(found['whole'])} | {german} | {english} |")
    return lines


def way(checkpoints: list[Record]) -> list[str]:
    """One line a kept step."""
    lines = ["| step | pictures looked at | pairs that were drawn | never drawn |",
             "|---:|---:|---:|---:|"]  # fmt: skip
    for one in checkpoints:
        seen, unseen = (one["numbers"].get(kind) for kind in ("seen", "unseen"))
        cells = [share(found["whole"]) if found else "–" for found in (seen, unseen)]
        lines.append(f"| {one['step']:,} | {one['n_pictures']:,} | {' | '.join(cells)} |")
    return lines


def share(found: Record) -> str:
    """A share with its interval and of how many."""
    return f"{found['share']:.1%} [{found['low']:.1%}, {found['high']:.1%}] of {found['n']}"
