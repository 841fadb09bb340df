"""The model card that goes home with a model, in English as such cards are.

Everything in it is read from the artefacts; what a visitor wrote stands inside code fences, where
it is no markup.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.architecture.config import ModelConfig
from core.lineage import Artifact, Kind

NAMES: Final[Mapping[Kind, str]] = {
    "checkpoint": "base model",
    "tuned": "fine-tuned model",
    "aligned": "aligned model",
}
LIMITS: Final = """\
- A very small model: it knows what its texts told, and goes on all the same where it knows nothing.
- What it writes is often wrong. Nothing is looked up.
- It is made to be looked into, not to be relied on."""
HOUSE_LICENCE: Final = (
    "MIT, as the code that made it; the training text is generated and holds nobody's words or "
    "data."
)
OWN_LICENCE: Final = (
    "The code that made it is under the MIT licence. Which licence these weights may have depends "
    "on the texts they were learned from, and whoever chose those texts knows it; so none is "
    "claimed here."
)


@dataclass(frozen=True)
class Described:
    """What a card tells of.

    Args:
        name: of the model.
        lineage: the model and everything it was made from, oldest first, the model last.
        config: its plan; None for a model that is not of text.
        is_house: whether it is an example model, shipped with the code.
        use: Markdown that says how the files are opened.
    """

    name: str
    lineage: Sequence[Artifact]
    config: ModelConfig | None
    is_house: bool
    use: str

    @property
    def model(self) -> Artifact:
        """The model's own artefact."""
        return self.lineage[-1]


def model_card(about: Described) -> bytes:
    """README.md of a model, UTF-8."""
    lines = [
        *_front_matter(about),
        f"# {about.name}",
        "",
        _summary(about),
        "",
        "## Use",
        about.use,
        "",
        "## Figures",
        *_figures(about.model),
        "",
        "## Data",
        *_data(about.lineage),
        "",
        "## How it was made",
        "Each entry names its kind, the id of its bytes (the first 40 digits of their SHA-256), and"
        " what it was made from.",
        "",
        *(line for one in about.lineage for line in _made(one)),
        "## Limits",
        LIMITS,
        "",
        "## Licence",
        HOUSE_LICENCE if about.is_house else OWN_LICENCE,
        "",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def _front_matter(about: Described) -> list[str]:
    """What a model hub reads. A licence is named only where one is known."""
    is_text = about.config is not None
    return [
        "---",
        *(["library_name: transformers", "pipeline_tag: text-generation"] if is_text else []),
        *(["license: mit"] if about.is_house else []),
        "---",
        "",
    ]


def _summary(about: Described) -> str:
    kind = NAMES.get(about.model.kind, about.model.kind)
    made = f"made {about.model.created_at[:10]} with Glassbox"
    if about.config is None:
        return f"A {kind} that draws small pictures, {made}."
    config = about.config
    return (
        f"A decoder-only transformer, {kind}, {made}: {config.n_layers} layers,"
        f" {config.n_heads} heads, {config.n_channels} channels, {config.n_vocab:,} tokens in its"
        f" vocabulary, {config.n_context} tokens in its context window."
    )


def _figures(artifact: Artifact) -> list[str]:
    """What was measured of the model, all of it."""
    rows = {name: n for name, n in artifact.numbers.items() if isinstance(n, int | float)}
    if not rows:
        return ["Nothing was measured."]
    found = ["| measured | value |", "|---|---|"]
    found += [f"| {_word(name)} | {n:.6g} |" for name, n in sorted(rows.items())]
    how = artifact.numbers.get("how")
    return [*found, "", f"By: {fenced(str(how))}"] if how else found


def _data(lineage: Sequence[Artifact]) -> list[str]:
    """What it learned from, in numbers."""
    found = []
    for artifact in lineage:
        if artifact.kind not in ("corpus", "dataset", "examples", "preferences"):
            continue
        world = artifact.settings.get("world")
        source = "generated: the small world of Glassbox" if world else ""
        numbers = {k: v for k, v in artifact.numbers.items() if isinstance(v, int | float)}
        told = ", ".join(f"{_word(name)} {n:.6g}" for name, n in sorted(numbers.items())[:12])
        found.append(f"- {artifact.kind} `{artifact.id[:12]}`: {source or told or 'see below'}")
    return found or ["Nothing is known of it."]


def _made(artifact: Artifact) -> list[str]:
    settings = json.dumps(artifact.settings, ensure_ascii=False, indent=1, sort_keys=True)
    parents = ", ".join(f"`{each[:12]}`" for each in artifact.parents) or "nothing"
    return [
        f"### {artifact.kind} `{artifact.id}`",
        f"Made from {parents} on {artifact.created_at[:10]}; seed {artifact.seed}; code version"
        f" {artifact.code_version}.",
        "",
        fenced(settings),
        "",
    ]


def fenced(text: str) -> str:
    """Text that no Markdown in it can leave: the fence is longer than any run of its sign."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _word(name: Any) -> str:
    """The name of a figure as a cell of a table."""
    return re.sub(r"[^\w .-]", " ", str(name))
