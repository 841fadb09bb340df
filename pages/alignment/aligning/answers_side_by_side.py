"""The same questions answered before and now, side by side, so that decay becomes visible."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from core.alignment.text.answer_language import same_language
from core.alignment.text.chat import question_tokens
from core.alignment.text.rules import grammatical
from core.data.world import Town, town
from core.errors import GlassboxError
from core.jobs.writer import Writing
from core.services import services
from pages.alignment.aligning.live_run import newest, see
from pages.alignment.aligning.starting_point import Grounds, watched_questions
from pages.alignment.questions import N_SHOWN, how_drawn, language_of, seed_now
from pages.alignment.verdicts import in_a_word, marked
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole

POLL_S: Final = 1.5
DRAWN_S: Final = 0.5  # between two checks for complete answers


def of_run(run_id: str, going: bool, grounds: Grounds, t: Words) -> None:
    """A run's latest samples, refreshed while it goes on."""
    if going:
        st.fragment(_looked_at)(run_id, grounds, t, POLL_S)
    else:
        _looked_at(run_id, grounds, t, None)


def _looked_at(run_id: str, grounds: Grounds, t: Words, again_s: float | None) -> None:
    if again_s is not None:
        look_again("samples", again_s)
    run = services().engine.run(state.owner(), run_id)
    seen = see(run)
    shown = st.session_state.setdefault("_align_status", {})
    if shown.get(run_id) not in (None, run.status):
        shown[run_id] = run.status
        st.rerun(scope="app")
    shown[run_id] = run.status
    samples = newest(seen.of("sample"))
    if not samples:
        note(t("aligning.answers_later"))
        return
    note(t("aligning.at_step", n=whole(samples[0]["step"], t.lang)))
    table([(one["question"], one["before"], one["now"]) for one in samples], grounds, t)


def table(
    rows: Sequence[tuple[str, ...]], grounds: Grounds, t: Words, is_example: bool = False
) -> None:
    """A table of question, answer before and answer now, with the judge's marks."""
    where = town(grounds.world) if grounds.model.world else None
    body = "".join(
        f'<tr><th colspan="{len(answers)}" scope="rowgroup">{escape(question)}</th></tr>'
        f"<tr>{''.join(cell(question, answer, where, t) for answer in answers)}</tr>"
        for question, *answers in rows[:N_SHOWN]
    )
    now = t("aligning.in_example") if is_example else t("aligning.now")
    names = (t("aligning.before"), now)[: len(rows[0]) - 1]
    head = f"<tr>{''.join(f'<td>{escape(name)}</td>' for name in names)}</tr>"
    st.html(f'<table class="gb-beside"><thead>{head}</thead><tbody>{body}</tbody></table>')


def cell(question: str, text: str, where: Town | None, t: Words) -> str:
    """One answer with the judge's marks, the verdict, and a remark if it is no proper sentence."""
    lang = language_of(question, t)
    kind, said = "", ""
    if same_language(text, lang) and not grammatical(text, lang):
        kind, said = ' class="rot"', f"<small>{escape(t('aligning.not_grammatical'))}</small>"
    if where is not None:
        right, word = in_a_word(question, text, lang, where, t)
        sign, broken = ("✓", "") if right else ("✗", " broken")
        said = (
            f"<p class='gb-right{broken}'><b aria-hidden='true'>{sign}</b> {escape(word)}</p>"
            + said
        )
    return f"<td{kind}>{marked(text, lang, where, t, question) or '–'}{said}</td>"


def of_models(grounds: Grounds, other: str | None, t: Words, is_example: bool = False) -> None:
    """Answers of the reference model and, if there is one, an aligned model, drawn now."""
    questions = watched_questions(grounds)
    ids = [grounds.model.id, *([other] if other else [])]
    seed = seed_now(t)
    begun = st.session_state.setdefault("_align_drawn", {})
    try:
        columns = [_begun(begun, id_, questions, seed, grounds) for id_ in ids]
    except GlassboxError as error:
        show_error(error, t)
        return
    still = any(isinstance(cell, Writing) and not cell.box.closed for c in columns for cell in c)
    draw = st.fragment(_as_they_come) if still else _as_they_come
    draw(questions, columns, grounds, t, is_example)


def _as_they_come(
    questions: list[str],
    columns: list[list[Writing | str]],
    grounds: Grounds,
    t: Words,
    is_example: bool = False,
) -> None:
    """Show the table once all answers are complete, without blocking the page."""
    for column in columns:
        for place, cell in enumerate(column):
            if isinstance(cell, Writing) and cell.box.closed:
                column[place] = _read(grounds, cell)
    if not any(isinstance(cell, Writing) for column in columns for cell in column):
        whole_columns = [[str(cell) for cell in column] for column in columns]
        table(list(zip(questions, *whole_columns, strict=True)), grounds, t, is_example)
        return
    note(t("aligning.drawing"))
    look_again("drawing", DRAWN_S)


def _read(grounds: Grounds, writing: Writing) -> str:
    encoder = grounds.model.encoder
    try:
        tokens = [one.token for one in writing if one.token != encoder.end_id]
    except GlassboxError:
        return ""
    return encoder.decode(tokens).strip()


def _begun(
    begun: dict[Any, list[Writing | str]],
    model_id: str,
    questions: list[str],
    seed: int,
    grounds: Grounds,
) -> list[Writing | str]:
    """One answer per question, generated in parallel, drawn as on the other pages of the step."""
    key = (model_id, seed, *questions)
    if key not in begun:
        encoder = grounds.model.encoder
        begun[key] = [
            services().write(
                state.owner(),
                model_id,
                question_tokens(encoder, question),
                how_drawn(seed),
                end_id=encoder.end_id,
            )
            for question in questions
        ]
    return begun[key]
