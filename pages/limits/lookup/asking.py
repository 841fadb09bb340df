"""Live: one question, what is found for it, what is put before the models, and their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Final

import streamlit as st

from core.alignment.text.asking import asked
from core.alignment.text.rules import read_answer
from core.architecture.transformer import Transformer
from core.data.world import draw_town
from core.limits.facts import Fact
from core.limits.grounding.bm25 import Hit, Index
from core.limits.grounding.board import N_FOUND, Board, board
from core.limits.grounding.citing import cited, is_supported, source_of, with_passages
from core.limits.grounding.exam import FIRST_YEAR, OTHERWISE, Case, Said, asked_for, replied
from core.limits.grounding.exam import case as exam_case
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import decimal, whole
from pages.limits.live import Run
from pages.limits.lookup import models, notes
from pages.limits.lookup.settings import GIVEN

N_EXAMPLES: Final = 6  # questions to choose from


def this_year(lang: str) -> Board:
    """The notices that are searched."""
    return board(FIRST_YEAR, lang)


def examples(lang: str) -> list[str]:
    """Questions about this year that no lesson asked for."""
    year = this_year(lang)
    facts = asked_for(year)
    Random(1).shuffle(facts)
    return [year.question(fact).text for fact in facts[:N_EXAMPLES]]


@dataclass(frozen=True)
class Search:
    """What is put before the models.

    Args:
        question: as typed or chosen.
        way: one of `GIVEN`.
        passages: in order.
        hits: what was found, with what each word adds; the same places as `passages`.
        replaced: the place of a passage that was made false; None if none was.
        fact: what is asked for, if the grammar reads it and the notices tell it.
        n_left: further ones that were found and do not fit.
    """

    question: str
    way: str
    passages: tuple[str, ...]
    hits: tuple[Hit, ...]
    replaced: int | None
    fact: Fact | None
    n_left: int = 0


def searched(question: str, own: Sequence[str], way: str, n: int, lang: str) -> Search:
    """Search the notices for a question, and do with what is found what the visitor chose.

    Args:
        question: any text.
        own: the visitor's notices.
        way: one of `GIVEN`.
        n: passages wanted.
        lang: of the notices.
    """
    year = this_year(lang)
    down = notes.replaced(own, lang)
    texts = [*own, *(text for fact, text in year.notices.items() if fact not in down)]
    about = asked(question, lang)
    fact = (about.subject, about.relation) if about else None
    if fact not in year.notices or fact in down:
        fact = None
    right = year.notices[fact] if fact else None
    if way == "alone":
        return Search(question, way, (), (), None, fact)
    hits = Index(texts).search(question, n + 1)
    if way == "missing":
        hits = [hit for hit in hits if texts[hit.place] != right]
    wanted = [texts[hit.place] for hit in hits[:n]]
    passages = wanted[: models.n_fitting(wanted, question)]
    hits = hits[: len(passages)]
    replaced = None
    if way == "false" and fact and right in passages:
        other = board(FIRST_YEAR + OTHERWISE, lang)
        if fact in other.notices:
            replaced = passages.index(right)
            passages[replaced] = other.notices[fact]
    n_left = len(wanted) - len(passages)
    return Search(question, way, tuple(passages), tuple(hits), replaced, fact, n_left)


def draw(seen: Run | None, t: Words) -> None:
    """The question, what is put before it, what is found, and what each model makes of it."""
    with st.container(key="gb_lookup_asked"):
        question = _question(t)
    with st.container(key="gb_lookup_how", horizontal=True, vertical_alignment="bottom"):
        names = {
            "found": t("lookup.given_found"),
            "missing": t("lookup.given_missing"),
            "false": t("lookup.given_false"),
            "alone": t("lookup.given_alone"),
        }
        way = controls.choice("lookup_given", t("lookup.given"), names.__getitem__, options=GIVEN)
        with st.container(width=200):
            n = int(controls.slider("lookup_n", t("lookup.n")))
    own = notes.field(t) if state.depth() == "dig" or _has_own() else []
    search = searched(question, own, way, n, t.lang)
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        st.html(found(search, t))
    with right:
        st.html(answers(search, seen, t))


def _has_own() -> bool:
    return bool(st.session_state.get(notes.KEPT))


def _question(t: Words) -> str:
    """A question of the visitor's, or one of a few."""
    offered = examples(t.lang)
    chosen = st.selectbox(
        t("lookup.ask_label"),
        offered,
        index=_place(offered),
        key="lookup_pick",
        accept_new_options=True,
        placeholder=t("lookup.question_example"),
    )
    text = controls.fitting(str(chosen or offered[0]), 160)
    st.session_state["lookup_question"] = text
    state.put_in_url("lookup_question")
    return text


def _place(offered: list[str]) -> int | None:
    asked_before = str(state.value("lookup_question"))
    if asked_before and asked_before not in offered:
        offered.append(asked_before)
    return offered.index(asked_before) if asked_before else 0


def found(search: Search, t: Words) -> str:
    """The passages with what every word of the question adds to their score."""
    left = t("lookup.no_room", n=whole(search.n_left, t.lang)) if search.n_left else ""
    if not search.passages:
        nothing = t("lookup.nothing_given") if search.way == "alone" else t("lookup.nothing_found")
        return f"<div class='gb-lookup'><p class='none'>{escape(left or nothing)}</p></div>"
    most = max(hit.score for hit in search.hits)
    rows = "".join(
        _passage(place, text, hit, most, place == search.replaced, t)
        for place, (text, hit) in enumerate(zip(search.passages, search.hits, strict=True))
    )
    head = t("lookup.found_of", n=whole(len(search.passages), t.lang))
    return (
        f"<div class='gb-lookup'><h3>{escape(head)}</h3><ol>{rows}</ol>"
        f"<p class='none'>{escape(left)}</p></div>"
    )


def _passage(place: int, text: str, hit: Hit, most: float, replaced: bool, t: Words) -> str:
    parts = "".join(
        f"<i style='width:{100 * score / most:.1f}%' title='{escape(word)} "
        f"{escape(decimal(score, t.lang, 1))}'><span>{escape(word)}</span></i>"
        for word, score in sorted(hit.by_word.items(), key=lambda each: -each[1])
    )
    mark = f"<em>{escape(t('lookup.replaced'))}</em>" if replaced else ""
    score = decimal(hit.score, t.lang, 1)
    return (
        f"<li><p>{escape(text)} <b>[{place + 1}]</b> {mark}</p>"
        f"<div class='words' aria-label='{escape(t('lookup.score', score=score))}' role='img'>"
        f"{parts}<small>{score}</small></div></li>"
    )


def answers(search: Search, seen: Run | None, t: Words) -> str:
    """What the models answer: from memory, with the passages untaught, and read."""
    prompt = with_passages(search.passages, search.question)
    rows: list[tuple[str, Transformer, str, tuple[str, ...]]] = [
        (t("lookup.who_memory"), models.before(), search.question, ())
    ]
    if search.passages:
        rows.append((t("lookup.who_untaught"), models.before(), prompt, search.passages))
    rows.append((t("lookup.who_reader"), models.shipped_reader(), prompt, search.passages))
    own = models.own_reader(seen)
    if own is not None:
        rows.append((t("lookup.who_own"), own, prompt, search.passages))
    drawn = "".join(_answer(*row, search, t) for row in rows)
    return (
        f"<div class='gb-lookup' role='status'><h3>{escape(t('lookup.answers'))}</h3>{drawn}</div>"
    )


def _answer(
    who: str,
    model: Transformer,
    prompt: str,
    passages: Sequence[str],
    search: Search,
    t: Words,
) -> str:
    answer = models.answer(model, prompt)
    truth = this_year(t.lang).question(search.fact).truth if search.fact else ""
    said = _truth(answer, search, t), _source(answer, passages, truth, t)
    verdict = " ".join(filter(None, said))
    return (
        f"<section><h4>{escape(who)}</h4><p class='a'>{escape(answer or '–')}</p>"
        f"<p class='v'>{escape(verdict)}</p></section>"
    )


def _truth(answer: str, search: Search, t: Words) -> str:
    """Whether it is so this year; nothing where the question cannot be read."""
    if search.fact is None:
        return ""
    year = this_year(t.lang)
    case = Case(year.question(search.fact), search.passages, None)
    reply = replied(case, answer, year, draw_town(models.world()))
    if reply.said == "wrong" and reply.past:
        return t("lookup.is_past")
    said: dict[Said, str] = {
        "right": t("lookup.is_right"),
        "wrong": t("lookup.is_wrong"),
        "unsure": t("lookup.is_unsure"),
        "beside": t("lookup.is_beside"),
    }
    return said[reply.said]


def _source(answer: str, passages: Sequence[str], truth: str, t: Words) -> str:
    """Whether the notice that it cites says so, or whether one had the answer that it did not give.

    Args:
        answer: with its citation.
        passages: that stood before it.
        truth: the true answer; empty where it is not known here.
    """
    text, number = cited(answer)
    if not passages:
        return ""
    if read_answer(text, t.lang).unsure:
        right = source_of(truth, passages, t.lang) if truth else None
        return t("lookup.gave_up", n=whole(right, t.lang)) if right else ""
    source = source_of(text, passages, t.lang)
    if source is None:
        return t("lookup.no_source")
    if number is None:
        return t("lookup.cites_nothing", source=whole(source, t.lang))
    named = {"n": whole(number, t.lang), "source": whole(source, t.lang)}
    if not 1 <= number <= len(passages):
        return t("lookup.cites_none_such", **named)
    if is_supported(text, passages[number - 1], t.lang):
        return t("lookup.cites_rightly", n=named["n"])
    return t("lookup.cites_wrongly", **named)


def about(t: Words) -> None:
    """What is asked and searched, before anything is answered."""
    year = this_year(t.lang)
    cases = (exam_case(year, fact, "given") for fact in asked_for(year))
    shown = next(one for one in cases if one and len(one.passages) == N_FOUND)
    n, m = len(year.notices), len(shown.passages)
    note(t("lookup.notices_are", n=whole(n, t.lang), m=whole(m, t.lang)))
    rows = "".join(f"<li><p>{escape(text)}</p></li>" for text in shown.passages)
    st.html(f"<div class='gb-lookup'><ol>{rows}</ol></div>")
    note(t("lookup.questions_are", question=shown.question.text, answer=shown.question.truth))
