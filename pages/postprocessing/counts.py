"""How often the rules for private data are right, counted now on the shipped examples."""

from html import escape

import streamlit as st

from core.languages import LANGS
from core.postprocessing.privacy.private import places
from core.postprocessing.privacy.private_examples import Example, Score, examples, scores
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import share, whole
from pages.postprocessing.names import kind_name

COLUMNS = 5


@st.cache_data(show_spinner=False)
def counted() -> tuple[dict[str, Score], int, int]:
    """Scores on the unseen examples of both languages, how many they are, and the look-alikes."""
    unseen: list[Example] = [each for lang in LANGS for each in examples(lang) if not each.seen]
    found = scores(unseen, lambda text: [place[:3] for place in places(text)])
    return found, sum(len(each.private) for each in unseen), sum(not e.private for e in unseen)


def show(t: Words) -> None:
    """A table: kind, found, missed, false alarms, precision, recall."""
    by_kind, n_private, n_alike = counted()
    with card("counts", t("postprocessing.counts"), computed_now(t)):
        heads = (
            t("postprocessing.count_kind"),
            t("postprocessing.count_right"),
            t("postprocessing.count_missed"),
            t("postprocessing.count_wrong"),
            t("postprocessing.count_precision"),
            t("postprocessing.count_recall"),
        )
        rows = "".join(_row(kind, score, t) for kind, score in by_kind.items())
        head = "".join(f"<th scope='col'>{escape(each)}</th>" for each in heads)
        st.html(f"<table class='gb-counts'><tr>{head}</tr>{rows}</table>")
        n, alike = whole(n_private, t.lang), whole(n_alike, t.lang)
        note(t("postprocessing.counts_note", n=n, alike=alike))


def _row(kind: str, score: Score, t: Words) -> str:
    cells = (
        whole(score.n_right, t.lang),
        whole(score.n_missed, t.lang),
        whole(score.n_wrong, t.lang),
        share(score.precision, t.lang, 1),
        share(score.recall, t.lang, 1),
    )
    name = escape(kind_name(kind, t))
    return f"<tr><th scope='row'>{name}</th>{''.join(f'<td>{escape(c)}</td>' for c in cells)}</tr>"
