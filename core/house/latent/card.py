"""The model card of the latent model: what it loses, what it can draw, where it ends.

All figures come from the record that the command measured; nothing in here is a number of its own.
"""

from typing import Any, Final

from core.house.pictures.card import share, table

Record = dict[str, Any]

PARTS: Final = {
    "whole": "the whole page",
    "sky": "day or night",
    "number": "how many things",
    "things": "every thing",
    "colours": "every colour",
    "place": "every thing where it belongs",
}
LIMITS: Final = """\
- Both stages know the drawings of one invented picture book and nothing else: a photograph that
  goes through the narrow place comes back as blotches.
- The autoencoder learned without a perceptual and an adversarial loss: what it cannot keep, it
  smooths.
- "Read" and "right" are what the book's own reader reads for sure; what it cannot read counts as
  wrong.
- The denoiser has looked at less than half as many pictures as the shipped denoiser of pixels. What
  it draws less well, the table says."""


def latent_card(record: Record) -> str:
    """The card, in Markdown.

    Args:
        record: as `core.house.latent.making` writes it.
    """
    first, second, made = record["autoencoder"], record["denoiser"], record["made"]
    book, drawing = record["recipe"]["second"]["book"], record["recipe"]["second"]["drawing"]
    plan, training = second["config"], record["recipe"]["second"]["training"]
    rounds = record["recipe"]["rounds"]
    cells = f"{plan['size']} × {plan['size']} × {plan['n_colours']}"
    learned = rounds[0]
    return "\n".join(
        [
            "# Glassbox house latent model",
            "",
            f"An autoencoder with {first['n_parameters']:,} parameters, which presses a picture of"
            f" {book['size']} px into {cells} numbers, and a text-to-image transformer with"
            f" {second['n_parameters']:,} parameters, which draws those (captions in German and"
            " English).",
            f"Made by `{made['command']}` on {made['date']} on {made['machine']}:"
            f" {first['cpu_seconds'] / 60:.0f} minutes of processor time for the autoencoder,"
            f" {second['training_seconds'] / 60:.0f} minutes of training beside other work for the"
            " denoiser.",
            "",
            "## What the autoencoder loses",
            *lost(first["numbers"]),
            "",
            "## What the denoiser draws",
            f"Whole pictures right, as the book's reader reads them; {drawing['n_steps']} steps of"
            f" {drawing['sampler']}, guidance {drawing['guidance']:g}; in brackets the 95 %"
            " interval. On the shipped weights at their shipped precision.",
            "",
            *table(second["numbers"]),
            "",
            "On the way there, pages as in the book:",
            "",
            "| step | pictures looked at | right |",
            "|---:|---:|---:|",
            *(
                f"| {one['step']:,} | {one['n_pictures']:,} | {share(one['right'])} |"
                for one in second["way"]
            ),
            f"| {training['n_steps']:,} | {second['n_pictures']:,} |"
            f" {share(second['numbers']['book']['whole'])} |",
            "",
            "## Recipe",
            f"- Autoencoder: {sum(one['n_steps'] for one in rounds):,} steps of"
            f" {learned['n_batch']} pages, none seen twice, in {len(rounds)} rounds with AdamW at"
            f" {' and '.join(str(one['learning_rate']) for one in rounds)}; absolute error, error"
            " of differences"
            f" between neighbours (weight {learned['edge_weight']:g}), divergence from the normal"
            f" distribution (weight {learned['prior_weight']:g}); seeds"
            f" {' and '.join(str(one['seed']) for one in rounds)}.",
            f"- Denoiser: the latents of {book['n_pictures']:,} pages of seed {book['seed']}; never"
            " drawn: "
            + ", ".join(f"{colour} {thing}" for thing, colour in book["held_out"])
            + f"; {training['n_steps']:,} steps of {training['n_batch']}, objective"
            f" {training['objective']}; {training['optimizer']} at {training['learning_rate']};"
            f" seed {training['seed']}.",
            "",
            "## Limits",
            LIMITS,
            "",
            "## Licence",
            "MIT, as the code; the pictures are drawn by it and show nobody.",
            "",
        ]
    )


def lost(numbers: Record) -> list[str]:
    """The autoencoder's error, and what the reader still reads."""

    def mean(name: str, unit: str) -> str:
        found = numbers[name]
        return f"{found['mean']:.2f} {unit} [{found['low']:.2f}, {found['high']:.2f}]"

    return [
        f"On {numbers['n']:,} pages it has never seen, half of them with a pair of thing and colour"
        " that it has never seen either:",
        "",
        "| measured | mean and its 95 % interval |",
        "|---|---:|",
        f"| absolute error | {mean('error', 'grey levels')} |",
        f"| the same beside edges | {mean('edges', 'grey levels')} |",
        f"| the same everywhere else | {mean('calm', 'grey levels')} |",
        f"| peak signal-to-noise ratio | {mean('psnr', 'dB')} |",
        f"| largest error of a page | {numbers['worst']:.2f} grey levels |",
        "",
        "| still read as drawn | share of pages |",
        "|---|---:|",
        *(f"| {said} | {share(numbers['read'][part])} |" for part, said in PARTS.items()),
        f"| the whole page, before | {share(numbers['before'])} |",
    ]
