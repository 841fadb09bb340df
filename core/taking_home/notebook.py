"""A run as a Jupyter notebook that repeats it, with everything that it read beside it.

The notebook is plain JSON (nbformat 4.5); what a visitor typed stands in it as Python literals.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pprint import pformat
from typing import Any, Final

from core.lineage import CODE_VERSION
from core.store import RunRecord
from core.taking_home.archive import zipped
from core.training.precision import precision_of

NAME: Final = "notebook.ipynb"
INPUTS: Final = "inputs"
AUTOMATIC: Final = "auto"

IMPORTS: Final = """\
from pathlib import Path

from core.lineage import CODE_VERSION, content_id
from core.taking_home.repeating import compared, repeat

assert CODE_VERSION == {version!r}, f"another version of the code: {{CODE_VERSION}}\""""
READ: Final = """\
INPUTS = {inputs}
inputs = {{name: Path({folder!r}, name).read_bytes() for name in INPUTS}}
for name, id in INPUTS.items():
    assert content_id(inputs[name]) == id, f"{{name}} is not what the run read\""""
PREPARE: Final = """\
from core.data.text.cleaning import CleaningSettings
from core.data.world import WorldSettings
from core.jobs.preparing import Order, make

world = {world}
order = Order(
    world=WorldSettings(**world) if world else None,
    cleaning=CleaningSettings(**{cleaning}),
    n_vocab={n_vocab},
    validation_share={validation_share},
)
made = make(order, {arrived})
assert content_id(made.encoder) == INPUTS["encoder"]
assert content_id(made.dataset) == INPUTS["dataset"]"""
SETTINGS: Final = """\
PROGRAM = {program!r}
SETTINGS = {settings}
CONTROLS = {controls}
STOPPED_AT = {stopped_at!r}"""
RUN: Final = """\
def tell(row):
    if row["kind"] != "step" or row["step"] % 50 == 0:
        print({{k: v for k, v in row.items() if isinstance(v, (int, float, str))}})


NUMBERS = {numbers}
run = repeat(PROGRAM, inputs, SETTINGS, CONTROLS, STOPPED_AT, NUMBERS, tell)"""
COMPARE: Final = """\
RESULT = {result!r}
figures = compared(NUMBERS, run.numbers)
print(*figures, sep="\\n")
identical = run.result_id == RESULT
print("the result is the same, bit for bit" if identical else "the result differs in its bits")
assert all(each.agrees for each in figures if identical or each.is_held)"""


@dataclass(frozen=True)
class NotebookWords:
    """What the notebook says between its cells, as Markdown in one language."""

    title: str
    about: str
    install: str
    inputs: str
    texts: str
    settings: str
    run: str
    end: str


@dataclass(frozen=True)
class Texts:
    """What the encoder and the dataset were made from, if it is known.

    Args:
        world: settings of the small world that told the texts; None: they were supplied.
        cleaning: which cleaning rules were applied.
        n_vocab: the vocabulary's size that was asked for.
        validation_share: share of the texts that was held out.
        arrived: the supplied texts, as a Corpus.
    """

    world: Mapping[str, Any] | None
    cleaning: Mapping[str, Any]
    n_vocab: int
    validation_share: float
    arrived: bytes | None = field(default=None, repr=False)


def run_zip(
    name: str,
    run: RunRecord,
    inputs: Mapping[str, bytes],
    controls: Sequence[Mapping[str, Any]],
    words: NotebookWords,
    texts: Texts | None = None,
) -> bytes:
    """A run as an archive: the notebook, and its inputs in a folder beside it.

    Args:
        name: of the folder.
        run: as the store knows it; it has ended and made something.
        inputs: what it read, by name.
        controls: the changes that it accepted on the way.
        words: what stands between the cells.
        texts: what its encoder and its dataset were made from.
    """
    files = {NAME: run_notebook(run, controls, words, texts)}
    files |= {f"{INPUTS}/{each}": data for each, data in inputs.items()}
    if texts is not None and texts.arrived is not None:
        files[f"{INPUTS}/texts.jsonl"] = texts.arrived
    return zipped(name, files)


def run_notebook(
    run: RunRecord,
    controls: Sequence[Mapping[str, Any]],
    words: NotebookWords,
    texts: Texts | None = None,
) -> bytes:
    """The notebook of a run; see `run_zip`."""
    stopped_at = run.step if run.status == "stopped" else None
    read = READ.format(inputs=literal(dict(run.inputs)), folder=INPUTS)
    cells = [
        markdown(f"# {words.title}\n\n{words.about}\n\n{words.install}"),
        code(IMPORTS.format(version=CODE_VERSION)),
        markdown(words.inputs),
        code(read),
    ]
    if texts is not None:
        cells += [markdown(words.texts), code(_prepare(texts))]
    settings = SETTINGS.format(
        program=run.program,
        settings=literal(_pinned(run.settings)),
        controls=literal(list(controls)),
        stopped_at=stopped_at,
    )
    cells += [
        markdown(words.settings),
        code(settings),
        markdown(words.run),
        code(RUN.format(numbers=literal(run.numbers))),
        markdown(words.end),
        code(COMPARE.format(result=run.result)),
    ]
    return notebook(cells)


def _prepare(texts: Texts) -> str:
    arrived = "None" if texts.arrived is None else f'Path("{INPUTS}", "texts.jsonl").read_bytes()'
    values = {name: literal(value) for name, value in asdict(texts).items() if name != "arrived"}
    return PREPARE.format(arrived=arrived, **values)


def _pinned(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with the precision that "auto" came to on this processor."""
    if settings.get("precision") != AUTOMATIC:
        return dict(settings)
    return {**settings, "precision": precision_of(AUTOMATIC)}


def literal(value: object) -> str:
    """A JSON value as Python writes it, in lines that can be read."""
    return pformat(value, width=88, sort_dicts=True)


def markdown(text: str) -> dict[str, Any]:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code(text: str) -> dict[str, Any]:
    """A cell of Python that was not run yet."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def notebook(cells: Sequence[Mapping[str, Any]]) -> bytes:
    """The file, as nbformat 4.5 lays it down; every cell has an id.

    Source: nbformat.readthedocs.io, "The Notebook file format".
    """
    whole = {
        "cells": [{"id": f"cell-{i}", **cell} for i, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
