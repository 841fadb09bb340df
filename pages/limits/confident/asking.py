"""Live: the visitor's own question twenty times, and the experiment again with fewer questions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from random import Random
from typing import Final

import streamlit as st

from core.alignment.text.asking import Asked, asked
from core.alignment.text.chat import is_chat
from core.data.world import chat_prompt, town
from core.errors import GlassboxError
from core.inference.sampling import SamplingSettings
from core.limits import facts
from core.limits.confident.knowing import N_DRAWS, N_TOKENS, Case, judged
from pages.inference.writing import watched, write_all
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share, whole
from pages.limits.confident.picture import in_texts, strips
from pages.limits.shown import told, untold, with_span

N_EACH: Final = 15  # questions of each sort, asked live


@dataclass(frozen=True)
class Own:
    """A visitor's question and what a model made of it.

    Args:
        question: as typed.
        model: in words.
        answers: as they came.
        case: held against the town's facts; None where the question cannot be read, or asks for
            something that is not counted here.
    """

    question: str
    model: str
    answers: Sequence[str]
    case: Case | None


def draw_answers(
    model: Model, questions: Sequence[str], lang: str, t: Words, key: str
) -> list[list[str]]:
    """Twenty answers to each question, with a bar and a way to stop.

    Raises:
        GlassboxError: the model cannot write.
    """
    chat = is_chat(model.kind)
    wanted = [
        (
            text if chat else chat_prompt(text, lang),
            SamplingSettings(
                temperature=1.0,
                seed=state.seed() + N_DRAWS * place + draw,
                max_tokens=N_TOKENS,
            ),
        )
        for place, text in enumerate(questions)
        for draw in range(N_DRAWS)
    ]
    with watched(t, key) as progress:
        texts = [text.read(model.encoder).strip() for text in write_all(model, wanted, progress)]
    if not chat:
        texts = [text.split("\n")[0] for text in texts]
    return [texts[place : place + N_DRAWS] for place in range(0, len(texts), N_DRAWS)]


def own(model: Model, shipped: Sequence[Case], name: str, t: Words) -> None:
    """A field for a question, a button that asks it, and what came of it."""
    with st.container(key="gb_confident_own", horizontal=True, vertical_alignment="bottom"):
        question = controls.text(
            "confident_question", t("confident.own_label"), placeholder=t("confident.own_example")
        )
        pressed = st.button(
            t("confident.own_ask", n=N_DRAWS), key="confident_own", disabled=not question.strip()
        )
    if pressed:
        try:
            (answers,) = draw_answers(model, [question], t.lang, t, "own")
        except GlassboxError as error:
            show_error(error, t)
            return
        case = case_of(question, answers, model, shipped, t.lang)
        st.session_state["_confident_own"] = Own(question, name, answers, case)
    found: Own | None = st.session_state.get("_confident_own")
    if found:
        st.html(own_result(found, t))


def case_of(
    question: str, answers: Sequence[str], model: Model, shipped: Sequence[Case], lang: str
) -> Case | None:
    """A typed question held against the facts, if it asks for one that is counted here."""
    about = asked(question, lang)
    known = next(
        (case for case in shipped if about == Asked(case.subject, case.relation)),
        None,
    )
    if known is None or model.world is None:
        return None
    fact = facts.Question((known.subject, known.relation), question, known.n_told, known.truth)
    return judged(fact, answers, town(model.world), lang, is_chat=is_chat(model.kind))


def own_result(found: Own, t: Words) -> str:
    """The answers by how often they came, and what the facts say."""
    counts = Counter(found.answers).most_common(5)
    rows = "".join(
        f"<li><b>{whole(n, t.lang)}</b> <span>{escape(text or '–')}</span></li>"
        for text, n in counts
    )
    case = found.case
    if case is None:
        verdict = t("confident.own_unread")
    elif not case.claimed:
        verdict = t("confident.own_silent", texts=in_texts(case, t))
    else:
        said = t("confident.is_right") if case.favourite_right else t("confident.is_wrong")
        verdict = t(
            "confident.own_found",
            k=case.n_favourite,
            n=case.n,
            said=said,
            texts=in_texts(case, t),
        )
    asked_ = t("confident.own_asked", model=found.model, question=found.question)
    return (
        f"<div class='gb-own' role='status'><p>{escape(asked_)}</p><ol>{rows}</ol>"
        f"<p>{escape(verdict)}</p></div>"
    )


def again(model: Model, shipped: Sequence[Case], t: Words) -> None:
    """The experiment now: fewer questions, other draws, the same judge."""
    label = t("confident.again", n=2 * N_EACH, m=N_DRAWS)
    if st.button(label, key="confident_again") and model.world is not None:
        random = Random(state.seed())
        chosen = [
            case
            for some in (told(shipped), untold(shipped))
            for case in random.sample(some, min(N_EACH, len(some)))
        ]
        try:
            answers = draw_answers(model, [case.question for case in chosen], t.lang, t, "again")
        except GlassboxError as error:
            show_error(error, t)
            return
        where = town(model.world)
        st.session_state["_confident_again"] = (
            model.kind,
            [
                replace(
                    judged(
                        facts.Question(
                            (case.subject, case.relation), case.question, case.n_told, case.truth
                        ),
                        texts,
                        where,
                        t.lang,
                        is_chat=is_chat(model.kind),
                    ),
                    lang=t.lang,
                )
                for case, texts in zip(chosen, answers, strict=True)
            ],
        )
    kind, cases = st.session_state.get("_confident_again", ("", []))
    if kind == model.kind and cases and cases[0].lang == t.lang:
        st.html(strips(cases, t))
        note(found_again(cases, t))


def found_again(cases: Sequence[Case], t: Words) -> str:
    """What the live run came to, in a sentence."""
    known, unknown = told(cases), untold(cases)
    return t(
        "confident.again_found",
        right=with_span(sum(case.favourite_right for case in known), len(known), t),
        n=whole(len(known), t.lang),
        sure=share(sum(case.confidence for case in unknown) / max(1, len(unknown)), t.lang),
        m=whole(len(unknown), t.lang),
    )
