"""Style, tone and readability: a text before and after, every change marked and measured."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise

import streamlit as st

from core.api.chat import language_of_question
from core.postprocessing.stages import Answer, Context, Finding, StageSetting, run_stages
from core.postprocessing.style.hints import hints
from core.postprocessing.style.readability import Readability, readability
from pages.kit import controls, drafts
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import decimal, whole

TEXT = "tone_text"
LONGEST = 4000  # characters


def toning(t: Words) -> None:
    """The card: controls, before, after, numbers."""
    start = drafts.recall(TEXT, t("safety.tone_start"))
    with card("toning", t("safety.toning"), computed_now(t)):
        tones = {
            "as_is": t("safety.tone_as_is"),
            "formal": t("safety.tone_formal"),
            "informal": t("safety.tone_informal"),
        }
        with st.container(key="gb_tone", horizontal=True, vertical_alignment="bottom"):
            tone = controls.choice("tone", t("safety.tone"), tones.__getitem__, show_label=False)
            limit = controls.slider("shorten_to", t("safety.shorten_to"))
        before, after = st.columns(2, gap="large")
        with before:
            label = t("safety.before")
            text = st.text_area(label, start, key=TEXT, max_chars=controls.PASTED, height=190)
            drafts.keep(TEXT)
            text = controls.fitting(text or "", LONGEST)
        lang = language_of_question(text, t.lang)
        answer = run_stages(text, line(tone, int(limit)), Context(lang))
        with after:
            st.html(f"<p class='gb-soft'>{escape(t('safety.after'))}</p>{marked(text, answer, t)}")
            note(_said(answer, t))
        _measures(readability(text, lang), readability(answer.text, lang), t)
        _hints(answer.text, hints(answer.text, lang), t)


def line(tone: str, limit: int) -> list[StageSetting]:
    """The two stages: tone, unless it stays as it is, and then the limit."""
    stages = [StageSetting("tone", settings={"tone": tone})] if tone != "as_is" else []
    return [*stages, StageSetting("shorten", settings={"limit": limit})]


def marked(text: str, answer: Answer, t: Words) -> str:
    """What left, with what changed in it; what was dropped is struck through."""
    pieces: list[str] = []
    for _, step in answer.steps[-1:]:  # what shortening dropped, in the text that tone made
        toned = answer.steps[0][1].text if len(answer.steps) > 1 else text
        changes = _moved(answer.steps[0][1].findings) if len(answer.steps) > 1 else []
        dropped = [(f.start, f.end) for f in step.findings]
        cuts = sorted({0, len(toned), *(x for span in (*changes, *dropped) for x in span)})
        for start, end in pairwise(cuts):
            piece = escape(toned[start:end])
            if any(a <= start < b for a, b in dropped):
                piece = f"<del>{piece}</del>"
            elif any(a <= start < b for a, b in changes):
                piece = f"<ins>{piece}</ins>"
            pieces.append(piece)
    return f"<p class='gb-toned'>{''.join(pieces)}</p>"


def _moved(findings: Sequence[Finding]) -> list[tuple[int, int]]:
    """Where the replacements stand in the text they made."""
    spans, shift = [], 0
    for finding in findings:
        if finding.replacement is not None:
            start = finding.start + shift
            spans.append((start, start + len(finding.replacement)))
            shift += len(finding.replacement) - (finding.end - finding.start)
    return spans


def _said(answer: Answer, t: Words) -> str:
    steps = dict(answer.steps)
    toned, short = steps.get("tone"), steps["shorten"]
    changed = sum(f.replacement is not None for f in toned.findings) if toned else 0
    unsure = int(toned.notes.get("n_unsure", 0)) if toned else 0
    kept, n = int(short.notes["n_kept"]), int(short.notes["n_sentences"])
    return t("safety.tone_said", changed=changed, unsure=unsure, kept=kept, n=n)


def _measures(before: Readability, after: Readability, t: Words) -> None:
    """Readability before and after, a number a row."""
    rows = (
        (t("safety.flesch"), before.flesch, after.flesch, 0),
        (t("safety.lix"), before.lix, after.lix, 0),
        (t("safety.sentence_words"), before.words_a_sentence, after.words_a_sentence, 1),
        (t("safety.word_syllables"), before.syllables_a_word, after.syllables_a_word, 2),
        (t("safety.words"), before.n_words, after.n_words, 0),
    )
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{decimal(a, t.lang, n)}</td>"
        f"<td>{decimal(b, t.lang, n)}</td></tr>"
        for name, a, b, n in rows
    )
    head = "".join(
        f"<th scope='col'>{escape(name)}</th>"
        for name in (t("safety.measure"), t("safety.before"), t("safety.after"))
    )
    st.html(f"<table class='gb-judged gb-numbers'><tr>{head}</tr>{body}</table>")


def _hints(text: str, found: Sequence[Finding], t: Words) -> None:
    """What could be said more plainly; the first few."""
    names = {
        "long_sentence": t("safety.hint_long_sentence"),
        "nouns": t("safety.hint_nouns"),
        "long_word": t("safety.hint_long_word"),
        "plainer": t("safety.hint_plainer"),
    }
    rows = "".join(
        f"<li><b>{escape(names[hint.rule])}</b> {escape(_cut(text[hint.start : hint.end]))} "
        f"<span>{escape(hint.note)}</span></li>"
        for hint in found[:5]
    )
    if rows:
        title = escape(t("safety.hints", n=whole(len(found), t.lang)))
        st.html(f"<p class='gb-soft'>{title}</p><ul class='gb-hints'>{rows}</ul>")


def _cut(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
