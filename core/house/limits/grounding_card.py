"""The model card of the shipped reader.

All figures come from the record that the command measured; nothing in here is a number of its own.
"""

from collections.abc import Mapping
from typing import Any, Final

from core.intervals import share_interval

ANSWERED: Final = {
    ("untaught", "alone"): "not taught to read, question alone",
    ("untaught", "given"): "not taught to read, right notice among those given",
    ("0", "alone"): "reader, question alone",
    ("0", "given"): "reader, right notice among those given",
    ("0", "found"): "reader, what BM25 finds",
    ("0", "missing"): "reader, without the right notice",
    ("0", "false"): "reader, a false notice in its place",
}


def reader_card(found: Mapping[str, Any]) -> str:
    """The card, in Markdown.

    Args:
        found: as `core.house.limits.grounding` measures it.
    """
    asked = found["settings"]
    return "\n".join(
        [
            "# Glassbox reader",
            "",
            "The fine-tuned house model, taught to answer from numbered passages that stand before"
            " a question, with the number of its source. Made by"
            " `python -m core house --limits grounding`.",
            "",
            "## Measured",
            "Greedy answers to questions that no lesson asked for, in years that no lesson told;"
            " in brackets the 95 % interval.",
            "",
            "| asked | as the notice says | does not know |",
            "|---|---:|---:|",
            *(row(name, found["rows"], *which) for which, name in ANSWERED.items()),
            "",
            "## Recipe",
            f"- {asked['n_steps']} steps of {asked['n_batch']} lessons, {asked['n_lessons']:,}"
            f" lessons drawn, AdamW at a learning rate of {asked['learning_rate']:g}, seed"
            f" {asked['seed']}; stored as int8.",
            "",
            "## Limits",
            "- It repeats what it reads, true or false.",
            "- It reads up to five short passages in German or English about people of the town;"
            " anything else is beyond what it practised.",
            "",
            "## Licence",
            "MIT, as the code; its texts are invented.",
            "",
        ]
    )


def row(name: str, rows: list[Mapping[str, Any]], model: str, way: str) -> str:
    """One line of the table."""
    some = [
        each["tally"]
        for each in rows
        if (each["model"], each["way"], each["n_found"]) == (model, way, rows[0]["n_found"])
    ]
    n = sum(each["n"] for each in some)
    cells = (share(sum(each["said"][said] for each in some), n) for said in ("right", "unsure"))
    return f"| {name} | {' | '.join(cells)} |"


def share(k: int, n: int) -> str:
    """A share with its interval and of how many."""
    low, high = share_interval(k, n)
    return f"{k / n:.1%} [{low:.1%}, {high:.1%}] of {n:,}"
