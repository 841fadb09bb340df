"""The model card of the shipped picture filter.

All figures come from the record that the command measured; nothing in here is a number of its own.
"""

from typing import Any, Final

from core.intervals import share_interval

Record = dict[str, Any]

SPOTS: Final = {
    "noise": "noise of 25 grey levels",
    "darker": "darkened to 60%",
    "mirrored": "mirrored",
    "moved": "moved by six pixels",
    "grey": "without colours",
    "new_animal": "animals it has never seen",
    "new_colour": "animals in a colour it has never seen",
}


def filter_card(record: Record) -> str:
    """The card, in Markdown.

    Args:
        record: as `core.house.pictures.filtering` writes it.
    """
    made, settings, exam = record["made"], record["settings"], record["exam"]
    n_unwanted = exam["hits"] + exam["misses"]
    n_fine = exam["false_alarms"] + exam["passed"]
    return "\n".join(
        [
            "# Glassbox picture filter",
            "",
            "A small convolutional classifier of what the house rule does not want: an animal alone"
            f" at night. Made by `{made['command']}` on {made['date']} on {made['machine']}.",
            "",
            "## Measured",
            f"{exam['n']:,} pictures drawn anew, threshold {record['threshold']:g}; in brackets the"
            " 95 % interval.",
            "",
            f"- missed: {share(exam['misses'], n_unwanted)}",
            f"- false alarms: {share(exam['false_alarms'], n_fine)}",
            "",
            "Where it is blind:",
            "",
            "| pictures | of them | missed | false alarms |",
            "|---|---:|---:|---:|",
            *(row(name, record["blind_spots"][name]) for name in SPOTS),
            "",
            "## Recipe",
            f"- {record['filter']['n_parameters']:,} weights; {settings['n_pictures']:,} pictures"
            f" drawn for it, half of them unwanted; {settings['n_steps']} steps of"
            f" {settings['batch']} pictures, learning rate {settings['learning_rate']:g}, seed"
            f" {settings['seed']}.",
            "",
            "## Limits",
            "- It knows our drawings alone, and decides by patterns of pixels: it has no idea of"
            " animals or of night.",
            "",
            "## Licence",
            "MIT, as the code; the pictures are drawn by it and show nobody.",
            "",
        ]
    )


def row(name: str, trial: Record) -> str:
    """One line of the table."""
    alarms = trial["false_alarms"]
    told = "–" if alarms is None else f"{alarms:.1%}"
    cells = (SPOTS[name], str(trial["n"]), f"{trial['missed']:.1%}", told)
    return f"| {' | '.join(cells)} |"


def share(k: int, n: int) -> str:
    """A share with its interval and of how many."""
    low, high = share_interval(k, n)
    return f"{k / n:.1%} [{low:.1%}, {high:.1%}] of {n:,}"
