"""What stands below the question on the page “byheart”."""

from typing import Final

import streamlit as st

from core.house.limits.memorising import PART, Memorising, shipped
from core.limits.byheart import canaries, exposure
from core.limits.byheart import memorising as code
from core.limits.byheart.canaries import COPIES, printed, variants
from core.limits.byheart.memorising import MemorisingSettings, results
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    Measured,
    card,
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.numbers import decimal, duration, share, whole
from pages.limits import live
from pages.limits.byheart import picture, rights, running
from pages.limits.live import Run, newest
from pages.limits.shown import measured_then, table

MOST: Final = 0.8  # told at least so often: nearly all
FEW: Final = 0.2  # at most so often: hardly any
N_NEAR: Final = 3  # near copies shown before anything runs
TWICE: Final = 2.0  # as large a share: clearly more


def draw(t: Words) -> None:
    """Draw the page below its question."""
    seen, made = newest(running.LIVE), shipped()
    watching = state.depth() == "watch"
    live.staged(
        running,
        t("byheart.stage"),
        PART,
        seen,
        t,
        shipped=(lambda: _shown(made, t)) if made else None,
        before=lambda: _texts(made, t),
    )
    if watching and made:
        with card("byheart_treated", t("byheart.treatments"), measured_then(t, PART)):
            _treated(made, t)
        with card("byheart_sizes", t("byheart.size"), measured_then(t, PART)):
            _sized(made, t)
    if experiments(t) and made:
        _guess_cleaning(made, t)
        _guess_size(made, t)
    rights.draw(t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "byheart", _passed_on(seen, t), is_known=live.is_known(seen))


def _shown(made: Memorising, t: Words) -> None:
    """The shipped run, under “watch”."""
    one = made.found["told"]
    note(running.sentence(one, t))
    picture.curve(one, t, "byheart_shipped")
    note(running.how(one, made.settings, made.seconds * one.n_models / _n_models(made), t))
    st.html(picture.by_copies(one, t))


def _n_models(made: Memorising) -> int:
    return sum(one.n_models for one in made.found.values())


def _texts(made: Memorising | None, t: Words) -> None:
    """Before anything runs: a planted secret of this seed, and copies of it that differ."""
    settings = MemorisingSettings(lang=t.lang, seed=state.seed())
    text = settings.text(settings.seed)
    first = text.canaries[0]
    plain = printed(first.words[:-1])
    forms = variants(t.lang, plain)
    near = " ".join(printed(each) for each in (forms[8], forms[18], forms[37])[:N_NEAR])
    town = " ".join(printed(words) for words, _ in text.ordinary[:2])
    rows = [
        (t("byheart.text_town"), town),
        (t("byheart.text_exact"), f"{printed(first.words)} {printed(first.words)} …"),
        (t("byheart.text_near"), f"{near} …"),
    ]
    drawn = table((t("byheart.text_part"), t("byheart.text_tells")), rows, t("byheart.texts"))
    st.html(f"<div class='gb-told'>{drawn}</div>")
    note(
        t(
            "byheart.about",
            n=whole(len(text.lines), t.lang),
            secrets=whole(len(text.canaries), t.lang),
            most=whole(COPIES[-1], t.lang),
        )
    )
    if made:
        n, time = whole(_n_models(made), t.lang), duration(made.seconds, t.lang)
        note(t("byheart.took", n=n, time=time))


def _guess_cleaning(made: Memorising, t: Words) -> None:
    """Exact deduplication: what becomes of secrets whose copies differ a little?"""
    plain, exact, near = (made.found[lane] for lane in ("told", "exact", "near"))
    left = exact.told_of("near", picture.OFTEN)

    def measure() -> Measured:
        """Of the shipped models."""
        outcome = "all" if left.share >= MOST else "none" if left.share <= FEW else "some"
        text = t(
            "byheart.cleaning_measured",
            before=picture.share_of(plain.told_of("near", picture.OFTEN), t),
            after=picture.share_of(left, t),
            exact=picture.share_of(exact.told_of("exact", picture.OFTEN), t),
            near=picture.share_of(near.told_of("near", picture.OFTEN), t),
        )
        return Measured(outcome, text, lambda: _treated(made, t))

    predict(
        "byheart_cleaning",
        t,
        question=t("byheart.guess_cleaning", n=whole(picture.OFTEN, t.lang)),
        options={
            "all": t("byheart.cleaning_all"),
            "some": t("byheart.cleaning_some"),
            "none": t("byheart.cleaning_none"),
        },
        measure=measure,
    )


def _treated(made: Memorising, t: Words) -> None:
    """Deduplication and early stopping, with what they cost."""
    plain, near = made.found["told"], made.found["near"]
    st.html(picture.treatments(made.found, t))
    note(
        t(
            "byheart.treatments_about",
            n=whole(picture.OFTEN, t.lang),
            lost=share(1 - _kept_of_town(made), t.lang),
            before=decimal(plain.held_out.mean, t.lang, 2),
            after=decimal(near.held_out.mean, t.lang, 2),
        )
    )
    st.html(f'<h3 class="gb-part">{t("byheart.stopping")}</h3>')
    st.html(picture.on_the_way(plain, t))
    note(t("byheart.stopping_about"))


def _kept_of_town(made: Memorising) -> float:
    """Of the town's different sentences, those that removing near copies leaves; a share of 1.

    Counted again on the text of the first seed in English.
    """
    text = made.settings.text(made.settings.seed)
    town = {words for words, _ in text.ordinary}
    return len(town & set(canaries.without_near_copies(text.lines))) / len(town)


def _guess_size(made: Memorising, t: Words) -> None:
    """Larger models: how much of what they write on their own is copied?"""
    small, large = made.found["small"].verbatim, made.found["large"].verbatim

    def measure() -> Measured:
        """Of the shipped models."""
        ratio = large.share / small.share if small.n_right else float("inf")
        outcome = "more" if ratio >= TWICE else "less" if ratio < 1 / TWICE else "same"
        text = t(
            "byheart.size_measured",
            small=picture.share_of(small, t),
            large=picture.share_of(large, t),
        )
        return Measured(outcome, text, lambda: _sized(made, t))

    predict(
        "byheart_size",
        t,
        question=t("byheart.guess_size"),
        options={
            "less": t("byheart.size_less"),
            "same": t("byheart.size_same"),
            "more": t("byheart.size_more"),
        },
        measure=measure,
    )


def _sized(made: Memorising, t: Words) -> None:
    """By size and copies, and what a model wrote beside its source."""
    st.html(picture.sizes(made.found, t))
    note(t("byheart.size_about"))
    row = next(
        row for row in made.rows if row["done"] and (row["lane"], row["lang"]) == ("told", t.lang)
    )
    st.html(f'<h3 class="gb-part">{t("byheart.quoted")}</h3>')
    st.html(picture.quoted(row["writing"]["quoted"], t))
    note(t("byheart.quoted_about"))


def _hood(t: Words) -> None:
    source(
        t,
        exposure.exposure,
        exposure.ranked,
        exposure.likelier,
        words=t("byheart.hood_exposure"),
        formula=r"\mathrm{exposure}(s) = \log_2 |R| - \log_2 \mathrm{rank}(s)",
        paper="Carlini et al. 2019, arXiv:1802.08232",
    )
    source(
        t,
        canaries.without_copies,
        canaries.without_near_copies,
        words=t("byheart.hood_cleaning"),
        paper="Lee et al. 2021, arXiv:2107.06499",
    )
    source(
        t,
        code.Trial,
        words=t("byheart.hood_verbatim"),
        paper="Carlini et al. 2022, arXiv:2202.07646",
    )


def _passed_on(seen: Run | None, t: Words) -> list[Figure]:
    is_done = seen is not None and seen.record.is_finished
    found = results([dict(row) for row in seen.rows]) if seen and is_done else {}
    if "told" not in found:
        return []
    one = found["told"]
    often = one.told_of("exact", picture.OFTEN).share
    return [
        Figure(share(one.told["exact", 1].share, t.lang), t("byheart.passes_once"), "yours"),
        Figure(share(often, t.lang), t("byheart.passes_often"), "yours"),
    ]
