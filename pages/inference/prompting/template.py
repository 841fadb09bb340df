"""The chat template: what one types, what the model reads, and what happens without it."""

from html import escape
from typing import Final

import streamlit as st

from core.alignment.text.chat import ASSISTANT_ID, USER_ID, is_chat
from core.alignment.text.prompts import without_template
from core.alignment.text.scoring import Share, Task
from core.alignment.text.templates import Part, Turn, chatml, llama3, ours
from core.architecture.text.smollm2 import smollm2_file
from core.data.gguf_file import open_gguf
from core.data.text.bpe import Encoder
from core.errors import GlassboxError
from core.lineage import content_id
from pages.inference.prompting.conditions import Condition, drawn_html, measured, shares_html
from pages.inference.prompting.strip import parts_html, tokens_html
from pages.inference.prompting.tasks import Known
from pages.kit import drafts
from pages.kit.catalogue import Joined, Words
from pages.kit.frame import Measured, note, predict
from pages.kit.models import Model
from pages.kit.numbers import share_span, whole

N_TASKS: Final = 20
N_SEEDS: Final = 4
_MARKS: Final = {"<|end|>": 0, "<|user|>": USER_ID, "<|assistant|>": ASSISTANT_ID}


def show(model: Model, about: Known | None, t: Words) -> None:
    """A conversation in the templates of three families, token by token in our own."""
    note(t("prompting.template_about"))
    left, right = st.columns(2)
    with left:
        system = drafts.recall("prompting_system", t("prompting.system_start"))
        system = st.text_input(t("prompting.system"), system, key="prompting_system", max_chars=400)
        drafts.keep("prompting_system")
    with right:
        said = drafts.recall("prompting_said", _question(about, t))
        said = st.text_input(t("prompting.said"), said, key="prompting_said", max_chars=400)
        drafts.keep("prompting_said")
    turns = [Turn("user", said)] if said.strip() else []
    turns = [Turn("system", system), *turns] if system.strip() else turns
    ids = encoded(model.encoder, ours(turns))
    n = t("prompting.n_tokens", n=whole(len(ids), t.lang), of=whole(model.config.n_context, t.lang))
    st.html(
        f"<p><b>{escape(t('prompting.ours'))}</b> · {escape(n)}</p>"
        + tokens_html(model.encoder, ids, model.config.n_context, t)
    )
    note(t("prompting.no_system"))
    forms = (
        ("ChatML", t("prompting.chatml"), parts_html(chatml(turns))),
        ("Llama 3", t("prompting.llama3"), parts_html(llama3(turns))),
    )
    st.html(
        "<div class='gb-forms'>"
        + "".join(
            f"<section><h3>{escape(name)}</h3><p>{escape(what)}</p>"
            f"<div class='gb-read tall' tabindex='0'>{form}</div></section>"
            for name, what, form in forms
        )
        + "</div>"
    )
    if found := _on_disk():
        with st.expander(t("prompting.on_disk")):
            note(t("prompting.on_disk_about"))
            st.code(found, language="jinja2", wrap_lines=True)
    else:
        note(t("prompting.on_disk_absent"))


def encoded(encoder: Encoder, parts: list[Part]) -> list[int]:
    """Parts as tokens: special ones are put in, text is always read as letters."""
    ids: list[int] = []
    for part in parts:
        ids += [_MARKS[part.text]] if part.special else encoder.encode(part.text)
    return ids


@st.cache_data(show_spinner=False)
def _on_disk() -> str:
    """The template as it stands in the file of the one published model that comes by command."""
    path = smollm2_file()
    if path is None:
        return ""
    try:
        return str(open_gguf(path).metadata.get("tokenizer.chat_template", ""))
    except GlassboxError:
        return ""


def _question(about: Known | None, t: Words) -> str:
    return about.told[0].text if about and about.told else t("prompting.example_question")


def experiment(model: Model, about: Known, t: Words) -> None:
    """Predict what a model that answers does without its template."""
    if not is_chat(model.kind):
        note(t("prompting.template_base"))
        return
    system = drafts.text("prompting_system")
    predict(
        f"template_{model.id[:8]}_{t.lang}_{content_id(system.encode())[:6]}",
        t,
        question=t("prompting.template_question"),
        options={
            "same": t("prompting.template_same"),
            "fewer": t("prompting.template_fewer"),
            "endless": t("prompting.template_endless"),
        },
        measure=lambda: _measure(model, about, system, t),
    )


def _measure(model: Model, about: Known, system: str, t: Words) -> Measured:
    asked = [Task(one.text, about.lang, "fact", one.fact) for one in about.told[:N_TASKS]]
    system = system.strip() or t("prompting.system_start")
    conditions = [
        Condition(
            t("prompting.with_template"),
            [encoded(model.encoder, ours([Turn("user", one.question)])) for one in asked],
        ),
        Condition(
            t("prompting.without_template"),
            [without_template(model.encoder, one.question) for one in asked],
        ),
        Condition(
            t("prompting.with_system"),
            [
                encoded(model.encoder, ours([Turn("system", system), Turn("user", one.question)]))
                for one in asked
            ],
        ),
    ]
    found = measured(model, conditions, asked, about.town, range(N_SEEDS), t, "template")
    usual, plain, with_system = found
    columns = [
        (t("prompting.measure_right"), [one.right for one in found]),
        (t("prompting.measure_polite"), [one.polite for one in found]),
        (t("prompting.measure_ended"), [one.ended for one in found]),
    ]

    def show_more() -> None:
        """Shares with intervals, and the answers behind them."""
        st.html(shares_html([one.title for one in found], columns, t))
        st.html(drawn_html(found, asked, N_SEEDS, t))

    text = t(
        "prompting.template_measured",
        usual=share_span(*usual.right.span, t.lang),
        plain=share_span(*plain.right.span, t.lang),
        ended=share_span(*plain.ended.span, t.lang),
        system=share_span(*with_system.right.span, t.lang),
        n=whole(usual.right.n, t.lang),
    )
    if not with_system.right.apart_from(usual.right):
        moved = t("prompting.system_same")
    elif with_system.right.value < usual.right.value:
        moved = t("prompting.system_fewer")
    else:
        moved = t("prompting.system_more")
    outcome = outcome_of(usual.right, plain.right, usual.ended, plain.ended)
    return Measured(outcome, Joined((text, moved)), show_more)


def outcome_of(usual: Share, plain: Share, ended: Share, plain_ended: Share) -> str:
    """Which expectation the shares fulfil; not to stop any more weighs most."""
    if plain_ended.apart_from(ended) and plain_ended.value < ended.value / 2:
        return "endless"
    if plain.apart_from(usual) and plain.value < usual.value:
        return "fewer"
    return "same"
