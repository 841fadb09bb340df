"""Unit: what learning is: the surprise falls, and the text becomes language."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.house import checkpoints_over_time
from core.jobs.programs import TRAINING
from core.learning.marking import ranked
from core.learning.progress import Own
from pages.home import shipped
from pages.home.hero import readable
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, share, whole
from pages.path.evidence import Row, run
from pages.path.questions import Estimate, Order, See
from pages.path.unit import Found, Said, Unit

BITS: Final = "validation_bits_per_byte"
SEE: Final = See("training", {"run_shown": "house"})
ENOUGH: Final = 5  # looks at a run, the first before it begins; there are some 16 in all
SHORT: Final = 90  # characters of a text that is shown
BEGINS: Final = {"n_steps": "200"}  # so that the run takes about half a minute


def says(t: Words) -> Said:
    """Its question and its task."""
    return Said(t("units.learning_question"), t("units.learning_task", start=t("training.start")))


def surprise_so_far(rows: Sequence[Row]) -> Mapping[str, float]:
    """The first and the latest surprise of a run, as soon as it has learned something to see."""
    seen = [row for row in rows if row.get(BITS) is not None]
    if len(seen) < ENOUGH:
        return {}
    return {
        "first": float(seen[0][BITS]),
        "last": float(seen[-1][BITS]),
        "step": float(seen[-1]["step"]),
    }


def own(seen: Own, t: Words) -> Sequence[Text]:
    """How far the visitor's own run had come."""
    of: Mapping[str, Any] = seen.figures
    if not {"first", "last", "step"} <= of.keys():
        return []
    first, last = (decimal(of[name], t.lang, 2) for name in ("first", "last"))
    return [t("units.learning_own", first=first, last=last, n=whole(of["step"], t.lang))]


def found(t: Words) -> Found | None:
    """The shipped checkpoints: surprise, and what each wrote."""
    points = checkpoints_over_time()
    if len(points) < 3:
        return None
    first, second, last = points[0], points[1], points[-1]
    bits = {one.step: float(one.numbers[BITS]) for one in points}
    some = {"early": first, "midway": points[len(points) // 2], "late": last}
    texts = {
        name: readable(next(iter(one.continuations[t.lang].values())).replace("\ufffd", ""), SHORT)
        for name, one in some.items()
    }
    steps = {name: whole(one.step, t.lang) for name, one in some.items()}
    grammatical = share(float(last.numbers["grammatical_share"]), t.lang)
    fell = [decimal(bits[one.step], t.lang, 2) for one in (first, second, last)]
    n, of = whole(second.step, t.lang), whole(last.step, t.lang)
    early = t("units.learning_fell", n=n, bits=fell[1])
    midway = some["midway"]
    surprise = t(
        "units.learning_surprise",
        first=fell[0],
        bits=decimal(bits[midway.step], t.lang, 2),
        n=steps["midway"],
        share=share(float(midway.numbers["grammatical_share"]), t.lang),
        end=grammatical,
    )
    return Found(
        [surprise],
        shipped.measured_then(t),
        [
            Estimate(
                key="early",
                question=t("units.learning_ask", first=fell[0], last=fell[2], n=n, of=of),
                measured=bits[second.step],
                low=0,
                high=3,
                step=0.1,
                tolerance=0.3,
                written=lambda guess: decimal(guess, t.lang, 1),
                feedback=early,
                see=SEE,
            ),
            Order(
                key="texts",
                question=t("units.learning_order"),
                options=texts,
                right=ranked({name: one.step for name, one in some.items()}),
                feedback=t(
                    "units.learning_ordered",
                    early=steps["early"],
                    midway=steps["midway"],
                    late=steps["late"],
                    share=grammatical,
                ),
                see=SEE,
            ),
        ],
    )


UNIT: Final = Unit(
    "learning",
    "training",
    8,
    says,
    run(TRAINING, "evaluation", surprise_so_far, ended=False),
    own,
    found,
    BEGINS,
)
