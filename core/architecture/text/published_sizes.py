"""How large well-known language models are: published figures, each with its source and date.

Invariant: a figure either stands in `published_sizes.toml` with the place where it is published, or
is computed here from such figures and says so; nothing is estimated. A model whose maker says that
it publishes nothing has no figures, but a source for that.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

FILE: Final = Path(__file__).with_name("published_sizes.toml")
FLOPS_PER_WEIGHT: Final = 6
"""Operations that training needs for every weight and token: 2 forwards, 4 backwards.
Source: Kaplan et al. 2020, "Scaling Laws for Neural Language Models", arXiv:2001.08361, 2.1."""

Measure = Literal["parameters", "tokens", "flops", "hours"]
MEASURES: Final[tuple[Measure, ...]] = ("parameters", "tokens", "flops", "hours")
_FIGURES: Final = (*MEASURES, "active", "dollars")
_DATE: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_ARXIV: Final = re.compile(r"\d{4}\.\d{5}")


@dataclass(frozen=True)
class Source:
    """Where something is published.

    Args:
        title: author and title, or a model card and its address.
        date: year and month, "2024-07".
        where: section ("3.4.1"), table or heading in it.
        arxiv: its number there; "" if it has none.
    """

    title: str
    date: str
    where: str
    arxiv: str = ""

    @property
    def year(self) -> int:
        """The year of its publication."""
        return int(self.date[:4])


@dataclass(frozen=True)
class Published:
    """A figure.

    Args:
        value: greater than 0, in the unit of what it measures.
        source: where it is published; of a computed figure, where its parameters are.
        computed: it is not published, but follows from the published ones by a formula.
        of: of hours, the kind of processor; "" elsewhere.
    """

    value: float
    source: Source
    computed: bool = False
    of: str = ""


@dataclass(frozen=True)
class PublishedModel:
    """A model with what is published about it; what is not is None.

    Args:
        key: its short name.
        name: as its maker spells it.
        by: its maker.
        parameters: weights, all of them.
        active: weights that compute one token, where these are not all.
        tokens: read in training.
        flops: floating-point operations of training, published or by `training_flops`.
        hours: of training, summed over all processors.
        dollars: what the training would have cost, by the maker's own account.
        kept_secret: where the maker says that it publishes no figures.
    """

    key: str
    name: str
    by: str
    parameters: Published | None = None
    active: Published | None = None
    tokens: Published | None = None
    flops: Published | None = None
    hours: Published | None = None
    dollars: Published | None = None
    kept_secret: Source | None = None

    def figure(self, measure: Measure) -> Published | None:
        """One of its figures."""
        found: Published | None = getattr(self, measure)
        return found

    @property
    def year(self) -> int:
        """When it was published: the year of what it is known from."""
        source = self.parameters.source if self.parameters else self.kept_secret
        assert source is not None  # `read` sees to it
        return source.year


def training_flops(n_active: float, n_tokens: float) -> float:
    """Floating-point operations of a training, by the usual formula, which leaves attention out.

    Args:
        n_active: weights that compute one token.
        n_tokens: read in training.
    """
    return FLOPS_PER_WEIGHT * n_active * n_tokens


@cache
def published_models() -> tuple[PublishedModel, ...]:
    """All of them, in the file's order: from small to large."""
    return read(tomllib.loads(FILE.read_text("utf-8")))


def read(file: Mapping[str, Any]) -> tuple[PublishedModel, ...]:
    """The models of a file like `published_sizes.toml`.

    Raises:
        ValueError: an entry is incomplete, a source unknown, undated or unused, or a number no
            size.
    """
    sources, used = file["source"], set[str]()
    for name, source in sources.items():
        arxiv = source.get("arxiv", "")
        if not _DATE.fullmatch(source.get("date", "")):
            raise ValueError(f"source {name} has no date like 2024-07")
        if arxiv and not _ARXIV.fullmatch(arxiv):
            raise ValueError(f"source {name} has arXiv number {arxiv!r}")

    def sourced(given: Mapping[str, Any], what: str) -> Source:
        """Where a figure is published; it must say so."""
        if given.get("source") not in sources or not given.get("where"):
            raise ValueError(f"{what} does not say where it is published")
        used.add(given["source"])
        return Source(**sources[given["source"]], where=given["where"])

    def figure(given: Mapping[str, Any] | None, what: str) -> Published | None:
        """A published figure with its source; None where none is given."""
        if given is None:
            return None
        if not given.get("value", 0) > 0:
            raise ValueError(f"{what} is {given.get('value')}, must be greater than 0")
        return Published(float(given["value"]), sourced(given, what), of=given.get("of", ""))

    models = []
    for key, entry in file["model"].items():
        unknown = set(entry) - {"name", "by", "kept_secret", *_FIGURES}
        if unknown:
            raise ValueError(f"{key} has unknown entries: {sorted(unknown)}")
        found = {name: figure(entry.get(name), f"{key}.{name}") for name in _FIGURES}
        secret = entry.get("kept_secret")
        if (found["parameters"] is None) == (secret is None):
            raise ValueError(f"{key} must have either parameters or a source for their absence")
        if found["flops"] is None:
            found["flops"] = _computed(found)
        kept_secret = sourced(secret, f"{key}.kept_secret") if secret else None
        models.append(
            PublishedModel(key, entry["name"], entry["by"], kept_secret=kept_secret, **found)
        )
    if set(sources) != used:
        raise ValueError(f"nothing cites {sorted(set(sources) - used)}")
    return tuple(models)


def _computed(found: Mapping[str, Published | None]) -> Published | None:
    """The operations of training by the formula, where weights and tokens are published."""
    weights, tokens = found["active"] or found["parameters"], found["tokens"]
    if weights is None or tokens is None:
        return None
    return Published(training_flops(weights.value, tokens.value), weights.source, computed=True)
