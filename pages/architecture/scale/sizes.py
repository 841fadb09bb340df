"""What is compared: the example model and the visitor's own from the store, then published ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from core.architecture.text.published_sizes import (
    Measure,
    Published,
    PublishedModel,
    published_models,
    training_flops,
)
from core.architecture.weights import read_checkpoint
from core.house import checkpoints_over_time
from core.services import services
from pages.architecture.bench import Trained, Whose, on_bench
from pages.kit.catalogue import Words

How = Literal["counted", "measured", "formula", "published"]
ALIKE: Final = 1.2  # figures closer than this share a stop of the zoom


OURS: Final[dict[Measure, How]] = {
    "parameters": "counted",
    "tokens": "counted",
    "flops": "formula",
    "hours": "measured",
}
"""How the figures of our own models came to be."""


@dataclass(frozen=True)
class Sized:
    """A model with its sizes; None: unknown.

    Args:
        key: short name.
        name: as visitors read it.
        whose: the example model's or the visitor's own; None for a published one.
        values: by measure.
        seconds: really spent on training; None for a published model.
        published: what is published about it, with sources; None for a model of ours.
    """

    key: str
    name: str
    whose: Whose | None
    values: dict[Measure, float]
    seconds: float | None = None
    published: PublishedModel | None = None

    def value(self, measure: Measure) -> float | None:
        """One of its figures."""
        return self.values.get(measure)

    def how(self, measure: Measure) -> How:
        """How that figure came to be."""
        if self.published is None:
            return OURS[measure]
        figure = self.published.figure(measure)
        return "formula" if figure and figure.computed else "published"

    def figure(self, measure: Measure) -> Published | None:
        """The published figure with its source; None for a model of ours."""
        return self.published.figure(measure) if self.published else None


def models(owner: str, t: Words) -> list[Sized]:
    """All of them: ours first, then the published ones."""
    own = [_of_ours(owner, each, t) for each in on_bench(owner).trained]
    return [
        *sorted(own, key=lambda one: one.whose != "house"),
        *map(_published, published_models()),
    ]


def example(found: Sequence[Sized]) -> Sized | None:
    """The example model, if it is there: what everything is compared with."""
    return next((one for one in found if one.whose == "house"), None)


def _of_ours(owner: str, one: Trained, t: Words) -> Sized:
    checkpoint = one.checkpoint
    model, _ = services().store.artifacts.opened(owner, checkpoint.id, read_checkpoint)
    values: dict[Measure, float] = {"parameters": float(model.n_parameters)}
    if n_tokens := float(checkpoint.numbers.get("n_tokens", 0)):
        values["tokens"] = n_tokens
        values["flops"] = training_flops(model.n_parameters, n_tokens)
    if seconds := _seconds(one):
        values["hours"] = seconds / 3600
    name = t("scale.example_model") if one.whose == "house" else t("scale.own_model")
    return Sized(one.whose, name, one.whose, values, seconds or None)


def _seconds(one: Trained) -> float:
    """What its training took; the shipped models' record says it, a run's own numbers do."""
    if "seconds" in one.checkpoint.numbers:
        return float(one.checkpoint.numbers["seconds"])
    shipped = {each.artifact.id: each.seconds for each in checkpoints_over_time()}
    return shipped.get(one.checkpoint.id, 0.0)


def _published(one: PublishedModel) -> Sized:
    known: tuple[Measure, ...] = ("parameters", "tokens", "flops", "hours")
    values = {each: figure.value for each in known if (figure := one.figure(each))}
    return Sized(one.key, one.name, None, values, published=one)


def ordered(found: Sequence[Sized], measure: Measure) -> list[Sized]:
    """Those whose figure is known, from small to large."""
    known = [(value, one) for one in found if (value := one.value(measure)) is not None]
    return [one for _, one in sorted(known, key=lambda pair: pair[0])]


def stops(found: Sequence[Sized], measure: Measure) -> list[list[Sized]]:
    """Where the zoom stops: models of nearly the same size stop it together; ours never share."""
    groups: list[list[Sized]] = []
    for one in ordered(found, measure):
        first = groups[-1][0] if groups else None
        alike = first is not None and one.values[measure] < ALIKE * first.values[measure]
        if first is not None and alike and (first.whose, one.whose) == (None, None):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups
