"""Unit: a token is drawn by probability, and temperature changes the probabilities."""

from collections.abc import Sequence
from typing import Final

from core.learning.marking import ranked
from core.learning.progress import Own
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, share, whole
from pages.kit.parts import computed_now
from pages.path import measured
from pages.path.evidence import forced_token
from pages.path.questions import Estimate, Order, See
from pages.path.unit import Found, Said, Unit


def says(t: Words) -> Said:
    """Its question and its task."""
    return Said(t("units.choosing_question"), t("units.choosing_task"))


def own(seen: Own, t: Words) -> Sequence[Text]:
    """How surprising the token was that somebody forced."""
    bits, rank = seen.figures.get("bits"), seen.figures.get("rank")
    if bits is None or rank is None:
        return []
    probability = share(2.0**-bits, t.lang, 1)
    return [t("units.choosing_own", share=probability, rank=whole(rank, t.lang))]


def found(t: Words) -> Found | None:
    """How few tokens hold most of the probability, and what temperature does to that."""
    after = measured.after(t.lang)
    if after is None:
        return None
    n = whole(after.n_vocab, t.lang)
    sentence, held = measured.beginning(t.lang), share(measured.NUCLEUS, t.lang)
    cold, plain, hot = (f"{each:g}" for each in measured.TEMPERATURES)
    names = dict(zip(measured.TEMPERATURES, (cold, plain, hot), strict=True))
    kept = {name: whole(after.n_kept[each], t.lang) for each, name in names.items()}
    best = {name: share(after.best[each], t.lang) for each, name in names.items()}
    said = {
        name: t("units.choosing_at", n=decimal(each, t.lang, 1)) for each, name in names.items()
    }
    return Found(
        [
            t(
                "units.choosing_surprise",
                sentence=sentence,
                held=held,
                cold=kept[cold],
                n=n,
                hot=kept[hot],
            )
        ],
        computed_now(t),
        [
            Estimate(
                key="nucleus",
                question=t("units.choosing_ask", sentence=sentence, held=held, n=n),
                measured=after.n_kept[1.0],
                low=0,
                high=200,
                step=5,
                tolerance=max(10.0, after.n_kept[1.0] / 2),
                written=lambda guess: whole(guess, t.lang),
                feedback=t("units.choosing_counted", k=kept[plain], n=n, held=held),
                see=See("inference", {"temperature": "1.0", "top_p": f"{measured.NUCLEUS:g}"}),
            ),
            Order(
                key="temperatures",
                question=t("units.choosing_order"),
                options=said,
                right=ranked({name: after.best[each] for each, name in names.items()}),
                feedback=t(
                    "units.choosing_ordered", cold=best[cold], plain=best[plain], hot=best[hot]
                ),
                see=See("inference", {"temperature": "2.0"}),
            ),
        ],
    )


UNIT: Final = Unit("choosing", "choosing", 6, says, forced_token, own, found)
