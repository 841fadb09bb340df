"""What stands below the question on the page “journey”."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import escape

import streamlit as st

from core.api.chat import language_of_question
from core.errors import GlassboxError
from core.pipeline import STEPS
from pages.home.shipped import day
from pages.journey import chain, checking, parts
from pages.kit import chain as bench
from pages.kit import site, state
from pages.kit.catalogue import Words, rich
from pages.kit.components.mounting import mount
from pages.kit.frame import card, computed_now, hand_over, note, show_error
from pages.kit.numbers import whole
from pages.kit.static import ASSETS


@contextmanager
def part(step: str, t: Words) -> Iterator[None]:
    """One step's card: its name, what happens there, and the way to its page."""
    n = STEPS.index(step) + 1
    title = t(f"journey.{step}")
    with card(f"journey_{step}"):
        st.html(
            f'<div class="gb-head"><h2><span>{n} {escape(t(f"shell.{step}"))}</span> '
            f"{escape(title)}</h2>{computed_now(t).html}</div>"
        )
        with st.spinner(t("journey.computing")):
            yield
        label = t("journey.to_page", step=t(f"shell.{step}"))
        st.page_link(site.page(step, t), label=label, query_params=state.shared())


def say(text: str) -> None:
    """A sentence on what happens in a step."""
    st.html(f'<p class="gb-happens">{rich(text)}</p>')


def journey(own: chain.Chain, t: Words) -> None:
    """The six parts, one after the other; each appears as soon as it is computed."""
    sentence, seed, base = state.sentence(), state.seed(), own.base
    with part("data", t):
        n, n_vocab = parts.n_tokens(own, sentence), base.config.n_vocab
        say(t("journey.data_text", n=whole(n, t.lang), vocabulary=whole(n_vocab, t.lang)))
        st.html(parts.tokens(own, sentence, t))
    with part("architecture", t):
        seen = chain.look(base.id, base, sentence)
        weights = parts.parameters(own, t)
        say(t("journey.architecture_text", weights=weights, layer=seen.layer, head=seen.head))
        st.html(parts.looking(own, sentence, t))
    with part("training", t):
        say(t("journey.training_text"))
        moments = [
            (
                chain.moment_name(moment, n, t),
                chain.learned(f"{base.id}:{n}", base, moment, sentence, seed),
            )
            for n, moment in enumerate(own.moments)
        ]
        st.html(parts.learning(own, sentence, moments, t))
    continuation = moments[-1][1].text
    with part("alignment", t):
        say(
            t("journey.alignment_text")
            if own.furthest.kind != "checkpoint"
            else t("journey.only_base")
        )
        texts = [
            (
                model,
                continuation if model is base else chain.answer(model.id, model, sentence, seed),
            )
            for model in own.models.values()
        ]
        st.html(parts.answers(own, texts, t))
        if len(texts) > 1 and not sentence.endswith("?"):
            note(t("journey.no_question"))
    with part("inference", t):
        say(t("journey.inference_text", seed=seed))
        st.html(parts.drawing(own, sentence, continuation, t))
    with part("postprocessing", t):
        say(t("journey.postprocessing_text"))
        text = sentence + continuation
        lang = language_of_question(text, t.lang)
        done = checking.check(text, sentence, lang, seed, base.id, base)
        st.html(checking.checked(done, t))


def sheet(own: chain.Chain, t: Words) -> None:
    """The sentence, on paper where the header's field is missing; whose models these are."""
    whose = t("journey.of_example") if own.whose == "house" else t("journey.of_yours")
    kind = "gb-mine gb-on-paper" if state.depth() != "watch" else "gb-mine"
    st.html(f'<p class="{kind}" dir="auto">{escape(state.sentence())}</p>')
    with st.container(key="gb_sheet", horizontal=True, vertical_alignment="center"):
        st.html(
            f'<p class="gb-soft">{escape(whose)} · {escape(t("journey.seed", n=state.seed()))}</p>'
        )
        mount("printing", "journey_print", {"label": t("journey.print")})


def footer(t: Words) -> None:
    """On paper only: where and when this was made."""
    address = (st.context.url or "").split("?")[0] + site.href("journey").removeprefix("/journey")
    said = t("journey.foot", url=address, date=day(date.today().isoformat(), t.lang))
    st.html(f'<p class="gb-foot">{escape(said)} · {escape(t("journey.seed", n=state.seed()))}</p>')


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "journey.css")

    state.put_in_url("seed")
    if bench.at_hand():
        own = chain.chain(state.owner())
        if own is None:
            note(t("home.no_house"))
        else:
            sheet(own, t)
            try:
                journey(own, t)
            except GlassboxError as error:
                show_error(error, t)
            footer(t)
    else:
        note(t("home.waiting"))

    hand_over(t, "journey")
