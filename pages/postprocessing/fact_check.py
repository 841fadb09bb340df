"""The fact check: what the model really answers about the town, held against what is true there."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.alignment.text.examples import questions
from core.data.world import Claim, chat_prompt, town
from core.errors import GlassboxError
from core.inference.sampling import SamplingSettings
from core.lineage import Kind
from core.postprocessing.facts import VERDICTS, Checked, Verdict, check
from pages.inference.experiments import language_of
from pages.inference.writing import OnProgress, watched, write_all
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share, whole

N_QUESTIONS: Final = 12
N_EACH: Final = 4  # answers to every question
N_TOKENS: Final = 32
N_SHOWN: Final = 6
BASE: Final[Kind] = "checkpoint"
Said = tuple[str, str, list[Checked]]  # question, answer, its sentences


def fact_check(model: Model, t: Words) -> None:
    """The card: a button, the shares, and some answers with what they claim marked."""
    kept = st.session_state.setdefault("_fact_checks", {})
    key = f"{model.id}:{t.lang}"
    with card("facts", t("safety.facts"), computed_now(t)):
        note(t("safety.facts_note", n=N_QUESTIONS, each=N_EACH))
        if st.button(t("safety.ask"), key="ask_facts"):
            try:
                with watched(t, "facts") as progress:
                    kept[key] = asked(model, t, progress)
            except GlassboxError as error:
                show_error(error, t)
        if key in kept:
            _show(kept[key], t)


def asked(model: Model, t: Words, progress: OnProgress) -> list[Said]:
    """Let the model answer, and judge every sentence of the answers."""
    assert model.world is not None
    here, lang = town(model.world), language_of(model, t)
    wanted = questions(here, lang, "held_out", N_QUESTIONS, seed=1, sorts=("told", "untold"))
    wanted = [question for question in wanted for _ in range(N_EACH)]
    prompts = [chat_prompt(q, lang) if model.kind == BASE else q for q in wanted]
    settings = [SamplingSettings(seed=i, max_tokens=N_TOKENS) for i in range(len(wanted))]
    texts = write_all(model, list(zip(prompts, settings, strict=True)), progress)
    answers = [text.read(model.encoder).strip().split("\n")[0] for text in texts]
    return [
        (question, answer, check(answer, lang, here))
        for question, answer in zip(wanted, answers, strict=True)
    ]


def counted(said: Sequence[Said]) -> Counter[Verdict]:
    """Sentences by verdict."""
    return Counter(one.verdict for _, _, found in said for one in found)


def claims_of(said: Sequence[Said]) -> set[Claim]:
    """Everything that was claimed."""
    return {claim for _, _, found in said for one in found for claim in one.claims}


def _show(said: list[Said], t: Words) -> None:
    counts = counted(said)
    n = sum(counts.values())
    names = _names(t)
    bars = "".join(
        f"<tr class='{verdict}'><th scope='row'>{escape(names[verdict])}</th>"
        f"<td><span style='width:{100 * counts[verdict] / max(1, n):.0f}%'></span></td>"
        f"<td>{share(counts[verdict] / max(1, n), t.lang)}</td>"
        f"<td>{whole(counts[verdict], t.lang)}</td></tr>"
        for verdict in VERDICTS
    )
    st.html(f"<table class='gb-judged gb-verdicts'>{bars}</table>")
    note(t("safety.facts_said", n=whole(n, t.lang), different=len(claims_of(said))))
    telling = [each for each in said if any(one.verdict != "unknown" for one in each[2])]
    stride = max(1, len(telling) // N_SHOWN)
    rows = "".join(_answer(each, t) for each in telling[::stride][:N_SHOWN])
    st.html(f"<div class='gb-said'>{rows}</div>")


def _answer(said: Said, t: Words) -> str:
    """One answer, its sentences marked by verdict."""
    question, answer, found = said
    pieces, done = [], 0
    for one in found:
        pieces.append(escape(answer[done : one.start]))
        mark = escape(_names(t)[one.verdict])
        text = escape(answer[one.start : one.end])
        pieces.append(f"<span class='{one.verdict}'>{text}<small>{mark}</small></span>")
        done = one.end
    return f"<p><i>{escape(question)}</i><br>{''.join(pieces)}</p>"


def _names(t: Words) -> dict[Verdict, str]:
    return {
        "true": t("safety.fact_true"),
        "untold": t("safety.fact_untold"),
        "false": t("safety.fact_false"),
        "unknown": t("safety.fact_unknown"),
    }
