"""Forgetting: how well the model handles plain text before and after fine-tuning."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.house import examined
from core.jobs.failures import rebuilt
from pages.home.shipped import aligned_then
from pages.kit import components as parts
from pages.kit.catalogue import Words
from pages.kit.frame import Badge, computed_now, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import change, decimal, duration, share, whole
from pages.training.showing import Seen


def known(
    seen: Sequence[Seen], tuned: Model | None, t: Words
) -> tuple[Mapping[str, Any], Badge | None]:
    """Measurements of the visitor's own run, else those shipped with the example model."""
    if seen:
        return seen[0].run.numbers, computed_now(t)
    if tuned is None or tuned.whose != "house":
        return {}, None
    # This loss was later measured on more text; use that number here as on all other pages.
    bits = examined().get("bits_per_byte", {})
    names = {"checkpoint": "plain_bits_per_byte_before", "tuned": "plain_bits_per_byte_after"}
    later = {name: bits[kind] for kind, name in names.items() if kind in bits}
    return {**tuned.checkpoint.numbers, **later}, aligned_then(t)


def table(numbers: Mapping[str, Any], t: Words, *, key: str) -> None:
    """Everything that was measured both before and after, side by side."""
    rows = [
        row
        for row in (
            _row(numbers, "bits_per_byte", t("tuning.plain_bits"), t),
            _row(numbers, "grammatical_share", t("training.grammatical"), t, of="n_sentences"),
            _row(numbers, "true_share", t("training.true"), t, of="n_checkable"),
        )
        if row
    ]
    if not rows:
        note(t("tuning.forgot_later"))
        return
    parts.lanes(
        rows,
        t,
        key=key,
        names=(t("tuning.before"), t("tuning.after")),
        label=t("tuning.forgot_label"),
    )


def _row(
    numbers: Mapping[str, Any], name: str, label: str, t: Words, of: str = ""
) -> parts.Consequence | None:
    """One measurement before and after; `of` names the count behind a share."""
    before, after = (numbers.get(f"plain_{name}_{when}") for when in ("before", "after"))
    if before is None or after is None:
        return None
    is_share = name.endswith("_share")

    def shown(x: float) -> str:
        return share(x, t.lang) if is_share else decimal(x, t.lang, 3)

    moved = after - before
    points = t("training.points", n=change(100 * moved, t.lang, 0))
    text = points if is_share else change(moved, t.lang, 3)
    top = 1.0 if is_share else None
    counted = [numbers.get(f"plain_{of}_{when}") for when in ("before", "after")]
    n = t("tuning.of_sentences", a=counted[0], b=counted[1]) if None not in counted else ""
    return parts.Consequence(label, before, after, shown(before), shown(after), text, n, top=top)


def ending(seen: Seen, t: Words) -> None:
    """Say how a run ended, or that it is paused."""
    run = seen.run
    if run.error:
        show_error(rebuilt(run.error), t)
    elif seen.told.diverged:
        note(t("training.diverged", step=whole(run.step, t.lang)))
    elif run.status == "stopped" and run.result is None:
        note(t("training.stopped_early"))
    elif run.is_finished:
        took = duration(run.seconds, t.lang)
        note(t("training.finished", name=seen.name, steps=whole(run.step, t.lang), time=took))
    elif run.status == "paused":
        note(t("training.is_paused"))
    if n := run.numbers.get("n_too_long"):
        note(t("tuning.too_long", n=whole(int(n), t.lang)))
