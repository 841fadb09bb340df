"""How often the detector is wrong, and what it takes to lose a mark: measured when asked."""

from dataclasses import replace
from functools import partial
from html import escape
from random import Random
from typing import Final

import streamlit as st

from core.data.text.documents import Corpus
from core.house.marked import N_TOKENS, text_of
from core.inference.sampling import SamplingSettings
from core.intervals import share_interval
from core.postprocessing.marking.marking import detect
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import Measured, card, computed_now, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import decimal, share_span, whole
from pages.postprocessing import drawing
from pages.postprocessing.marking.detector import (
    alarm_line,
    chance,
    mark_now,
    written,
)

N_EACH: Final = 250  # texts of the corpus and of the model
LOOK_EVERY_S: Final = 1.0


def false_alarms(model: Model, t: Words) -> None:
    """The card: 500 texts that carry no mark, and how many the detector takes for marked."""
    key = (state.owner(), model.id, "unmarked", state.seed())
    with card("alarms", t("marking.alarms"), computed_now(t)):
        note(t("marking.alarms_about", n=N_EACH, tokens=N_TOKENS, p=alarm_line(t)))
        drawn = drawing.find(key)
        if drawn is None:
            if st.button(t("marking.alarms_measure"), key="alarms_measure"):
                drawing.begin(
                    services(), state.owner(), model.id, None, key, partial(_wanted, model)
                )
                st.rerun()
            return
        st.fragment(_measured)(model, drawn, t, not drawn.over.is_set())


def _wanted(model: Model) -> list[drawing.Wanted]:
    """Openings of texts from the corpus, each gone on with without a mark."""
    base = SamplingSettings(temperature=1.0, max_tokens=N_TOKENS)
    end = model.encoder.end_id
    return [
        (
            (end, *model.encoder.encode(text)[:5]),
            replace(base, seed=10_000 * state.seed() + place),
        )
        for place, text in enumerate(told(model, N_EACH))
    ]


def told(model: Model, n: int) -> list[str]:
    """Texts that people, or the grammar, have told: pieces of the corpus of N_TOKENS tokens."""
    if model.corpus is None:
        return []
    corpus = Corpus.from_bytes(services().store.artifacts.read(state.owner(), model.corpus.id))
    texts = [document.text for document in corpus]
    Random(state.seed()).shuffle(texts)
    pieces, tokens = list[str](), list[int]()
    for text in texts:
        tokens += model.encoder.encode(text + "\n")
        if len(tokens) >= N_TOKENS:
            pieces.append(model.encoder.decode(tokens[:N_TOKENS]))
            tokens = []
        if len(pieces) == n:
            break
    return pieces


def _measured(model: Model, drawn: drawing.Drawing, t: Words, live: bool) -> None:
    if not drawn.over.is_set():
        n, n_all = drawn.n_done, len(drawn.wanted)
        st.progress(n / max(1, n_all), text=t("marking.drawing", n=n, all=n_all))
        if st.button(t("marking.stop"), key="alarms_stop"):
            drawn.stop()
        look_again("alarms", LOOK_EVERY_S)
        return
    if live:
        st.rerun()
    if drawn.error:
        show_error(drawn.error, t)
    mark = mark_now()
    done = [
        text_of(model.encoder, tokens)
        for tokens, e in zip(drawn.texts, drawn.ended, strict=True)
        if e
    ]
    rows = []
    for name, texts in (
        (t("marking.of_corpus"), told(model, N_EACH)),
        (t("marking.of_model"), done),
    ):
        found = [detect(text, model.encoder, mark) for text in texts]
        n = sum(each.is_marked for each in found)
        low, high = share_interval(n, len(found))
        largest = max((each.z for each in found), default=0.0)
        values = (
            name,
            t("marking.rate", n=whole(n, t.lang), all=whole(len(found), t.lang)),
            share_span(low, high, t.lang, 1),
            decimal(largest, t.lang, 1),
        )
        rows.append("".join(f"<td>{escape(value)}</td>" for value in values))
    _table(
        (t("marking.texts"), t("marking.alarms_n"), t("marking.range"), t("marking.largest_z")),
        rows,
    )


def _table(heads: tuple[str, ...], rows: list[str]) -> None:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    st.html(
        f"<div class='gb-scroll'><table class='gb-table'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def edited(model: Model, t: Words) -> Measured:
    """The marked text, changed in several ways, and what the detector says to each."""
    drawn = written(model, mark_now())
    drawn.over.wait(60)
    text = text_of(model.encoder, drawn.texts[0])
    words = text.split(" ")
    others = text_of(model.encoder, written(model, None).texts[0]).split() or ["…"]
    versions = {
        t("marking.edit_none"): text,
        t("marking.edit_tenth"): replaced(words, 10, others, state.seed()),
        t("marking.edit_fifth"): replaced(words, 5, others, state.seed()),
        t("marking.edit_second"): replaced(words, 2, others, state.seed()),
        t("marking.edit_half"): " ".join(words[: len(words) // 2]),
        t("marking.edit_quarter"): " ".join(words[: len(words) // 4]),
    }
    found = {name: detect(each, model.encoder, mark_now()) for name, each in versions.items()}
    fifth = found[t("marking.edit_fifth")]
    rows = [
        "".join(
            f"<td>{escape(value)}</td>"
            for value in (
                name,
                decimal(each.z, t.lang, 1),
                chance(each.p_value, t),
                t("marking.yes") if each.is_marked else t("marking.no"),
            )
        )
        for name, each in found.items()
    ]
    heads = (t("marking.change"), "z", "p", t("marking.still_found"))
    said = t("marking.edit_measured", z=decimal(fifth.z, t.lang, 1), p=chance(fifth.p_value, t))
    return Measured("found" if fifth.is_marked else "lost", said, lambda: _table(heads, rows))


def replaced(words: list[str], every: int, others: list[str], seed: int) -> str:
    """A text with one word in every few replaced by one from another text."""
    chance_of = Random(seed)
    return " ".join(
        chance_of.choice(others) if place % every == every - 1 else word
        for place, word in enumerate(words)
    )
