"""The envelope in which an answer leaves: the text, what was done to it, what it cost, the proof.

Invariant: whoever reads an envelope learns what the stages found and where, never what it said.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final

from core.errors import SettingError
from core.postprocessing.sending.audit import Entry, head_of, originals, to_dicts, trail, without
from core.postprocessing.stages import Answer

PRICE_IN_VARIABLE: Final = "GLASSBOX_PRICE_IN"
PRICE_OUT_VARIABLE: Final = "GLASSBOX_PRICE_OUT"
CURRENCY_VARIABLE: Final = "GLASSBOX_PRICE_CURRENCY"
WATTS_VARIABLE: Final = "GLASSBOX_WATTS"

SECRETIVE: Final = ("private", "secrets", "words")
"""The stages whose finds must not be read anywhere else, not even in a note of another stage."""

SECONDS_PER_HOUR: Final = 3600.0


@dataclass(frozen=True)
class Prices:
    """What the operator counts for a token and for a second of work.

    The models run on this machine, so both prices are 0 unless the operator says otherwise, for
    instance what the same number of tokens would cost elsewhere.
    """

    per_1000_in: float = 0.0  # currency per 1,000 tokens read
    per_1000_out: float = 0.0  # currency per 1,000 tokens written
    currency: str = "EUR"
    watts: float | None = None  # drawn by the machine while the model works; None: not known

    def __post_init__(self) -> None:
        for name in ("per_1000_in", "per_1000_out", "watts"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value < 1e9:
                raise SettingError(name, value, "must be a number of at least 0")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Prices":
        """What the operator has set.

        Raises:
            SettingError: a price is no number, or is below 0.
        """
        given: dict[str, Any] = {}
        for variable, name in (
            (PRICE_IN_VARIABLE, "per_1000_in"),
            (PRICE_OUT_VARIABLE, "per_1000_out"),
            (WATTS_VARIABLE, "watts"),
        ):
            if text := environment.get(variable, "").strip():
                given[name] = _number(variable, text)
        if currency := environment.get(CURRENCY_VARIABLE, "").strip():
            given["currency"] = currency[:8]
        return cls(**given)

    @property
    def is_set(self) -> bool:
        """Whether the operator counts money at all."""
        return self.per_1000_in > 0 or self.per_1000_out > 0


@dataclass(frozen=True)
class Count:
    """What one answer took.

    Args:
        n_in: tokens read.
        n_out: tokens written.
        model_s: seconds of the model, waiting for it included.
        stages_s: seconds of all stages together.
    """

    n_in: int
    n_out: int
    model_s: float
    stages_s: float

    def price(self, prices: Prices) -> float:
        """Tokens by their prices, in the operator's currency."""
        return (self.n_in * prices.per_1000_in + self.n_out * prices.per_1000_out) / 1000

    def watt_hours(self, prices: Prices) -> float | None:
        """Power times the model's time; None where the power is not known."""
        if prices.watts is None:
            return None
        return prices.watts * self.model_s / SECONDS_PER_HOUR

    def to_dict(self, prices: Prices) -> dict[str, Any]:
        """As the envelope says it."""
        return {
            "tokens": {"in": self.n_in, "out": self.n_out},
            "seconds": {"model": round(self.model_s, 4), "stages": round(self.stages_s, 4)},
            "cost": {
                "amount": round(self.price(prices), 6),
                "currency": prices.currency,
                "per_1000_in": prices.per_1000_in,
                "per_1000_out": prices.per_1000_out,
                "watt_hours": self.watt_hours(prices),
                "note": "by the operator's prices" if prices.is_set else "runs on this machine",
            },
        }


@dataclass(frozen=True)
class Origin:
    """Who wrote the text.

    Args:
        name: as the API calls the model.
        id: of its checkpoint.
        kind: how far along the chain it is.
        lineage: kind and id of everything it was made from, oldest first, itself last.
    """

    name: str
    id: str
    kind: str
    lineage: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the envelope says it."""
        lineage = [{"kind": kind, "id": id_} for kind, id_ in self.lineage]
        return {"name": self.name, "id": self.id, "kind": self.kind, "lineage": lineage}


@dataclass(frozen=True)
class Envelope:
    """An answer, ready to be sent.

    Args:
        id: of this answer.
        created_at: UTC, ISO 8601.
        lang: language of the answer.
        origin: who wrote it.
        text: what is sent.
        held_back: whether the stages let nothing through; then `text` is what is said instead.
        stages: per stage what it did, as JSON.
        count: tokens and seconds.
        prices: the operator's.
        provenance: a record of where the text comes from, where the stage "mark" wrote one.
        schema: whether the text fits the schema it was held to; None where it was held to none.
        audit: the trail.
    """

    id: str
    created_at: str
    lang: str
    origin: Origin
    text: str
    held_back: bool
    stages: tuple[dict[str, Any], ...]
    count: Count
    prices: Prices
    provenance: Any = None
    schema: Mapping[str, Any] | None = None
    audit: tuple[Entry, ...] = field(default=(), repr=False)

    @property
    def head(self) -> str:
        """The hash that names the trail; it goes out with the answer."""
        return head_of(self.audit)

    @property
    def n_findings(self) -> int:
        """Places the stages found."""
        return sum(stage["n_findings"] for stage in self.stages)

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it: what a webhook delivers and a mailbox keeps."""
        return {
            "id": self.id,
            "created_at": self.created_at,
            "language": self.lang,
            "model": self.origin.to_dict(),
            "text": self.text,
            "held_back": self.held_back,
            "stages": list(self.stages),
            **self.count.to_dict(self.prices),
            "provenance": self.provenance,
            "schema": None if self.schema is None else dict(self.schema),
            "audit": {"head": self.head, "entries": to_dicts(self.audit)},
        }


def sealed(
    answer: Answer,
    drawn: str,
    *,
    origin: Origin,
    lang: str,
    n_in: int,
    n_out: int,
    model_s: float,
    prices: Prices | None = None,
    schema: Mapping[str, Any] | None = None,
) -> Envelope:
    """Put an answer into its envelope.

    Args:
        answer: what the stages made of the text.
        drawn: the text as the model wrote it; it stays outside.
        origin: who wrote it.
        lang: language of the answer.
        n_in, n_out: tokens read and written.
        model_s: seconds of the model.
        prices: what a token costs; None: what the operator has set.
        schema: whether it fits the schema it was held to; None where it was held to none.
    """
    id_, now = f"env-{token_hex(16)}", datetime.now(UTC).isoformat(timespec="milliseconds")
    told = originals(answer, drawn, SECRETIVE)
    return Envelope(
        id=id_,
        created_at=now,
        lang=lang,
        origin=origin,
        text=answer.text,
        held_back=answer.held_back,
        stages=tuple(_report(answer, drawn, told)),
        count=Count(n_in, n_out, model_s, answer.seconds),
        prices=prices or Prices.from_environment(),
        provenance=_provenance(answer),
        schema=schema,
        audit=tuple(trail(answer, drawn, id=id_, at=now, model_s=model_s)),
    )


def _report(answer: Answer, drawn: str, told: set[str]) -> list[dict[str, Any]]:
    """Per stage what it did, without a word of what it found."""
    entries = trail(answer, drawn, id="", at="", model_s=0.0, salt=b"-")[1:-1]
    return [
        {
            "name": entry.stage,
            "n_findings": entry.n_findings,
            "n_changed": entry.n_changed,
            "kinds": entry.kinds,
            "changed": entry.before != entry.after,
            "held_back": entry.held_back,
            "seconds": entry.seconds,
            "notes": without(dict(step.notes), told),
        }
        for entry, (_, step) in zip(entries, answer.steps, strict=True)
    ]


def _provenance(answer: Answer) -> Any:
    """The record that the stage "mark" left, if it did."""
    steps: Sequence[tuple[str, Any]] = answer.steps
    return next((step.notes.get("provenance") for name, step in steps if name == "mark"), None)


def _number(variable: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise SettingError(variable, text, "must be a number") from None
