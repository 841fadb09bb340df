"""What stands below the question on the page “way of a choice”."""

from collections.abc import Mapping

import streamlit as st
import torch

from core.errors import GlassboxError
from core.inference import attributing, beams, branches, choosing, processors, scoring, speculative
from pages.inference.choosing import steering, ways, why
from pages.inference.choosing.opened import Opened, chosen, texts_of
from pages.inference.choosing.steps import START, settings_of
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.components import branch_tree, choice, steered_text
from pages.kit.components.choice import ALL, USUAL
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    first_action,
    hand_over,
    note,
    show_error,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import decimal, share, whole


def draw(t: Words) -> None:
    """Draw the page below its question."""
    row: list[Figure] = []
    with stage(t("choosing.stage"), computed_now(t)):
        opened = chosen(t)
        if opened is None:
            note(t("inference.none"))
            st.page_link(site.page("training", t), label=t("inference.to_training"))
        else:
            first_action(t, "choosing")
            _way(opened, t)
    if opened is not None:
        if state.depth() != "watch":
            with card("choosing_why", t("choosing.why"), computed_now(t)):
                why.show(opened, t)
            with card("choosing_ways", t("choosing.ways"), computed_now(t)):
                ways.show(opened, t)
        row = _passed_on(opened, t)
    if under_the_hood(t):
        source(
            t,
            processors.keep_near_the_best,
            words=t("choosing.hood_min_p"),
            formula=r"p_i \ge p_{\text{min}} \cdot \max_j p_j",
            paper="Nguyen et al. 2024, arXiv:2407.01082",
        )
        source(t, choosing.choose, words=t("choosing.hood_choose"))
        source(
            t,
            scoring.score_next,
            branches.Branches.take,
            words=t("choosing.hood_surprise"),
            formula=r"s(x_t) = -\log_2 p(x_t \mid x_{<t}), \quad "
            r"H_t = -\sum_x p(x \mid x_{<t}) \log_2 p(x \mid x_{<t})",
            paper="Shannon 1948",
        )
        source(
            t,
            beams.search,
            words=t("choosing.hood_beams"),
            formula=r"\max_{x_1 \dots x_n} \frac{1}{n^\alpha} \sum_t \log p(x_t \mid x_{<t})",
        )
        source(
            t,
            speculative.judge,
            words=t("choosing.hood_speculative"),
            formula=r"\text{accept with } \min\!\left(1, \frac{p(x)}{q(x)}\right)",
            paper="Leviathan et al. 2023, arXiv:2211.17192",
        )
        source(
            t,
            attributing.attention_rollout,
            attributing.leave_one_out,
            words=t("choosing.hood_why"),
            paper="Abnar & Zuidema 2020, arXiv:2005.00928",
        )
    hand_over(t, "choosing", row)


@st.fragment
def _way(beginning: Opened, t: Words) -> None:
    """The text so far, the choice after it, and the tree; a click draws these alone again."""
    of = steering.steered(beginning)
    names = ALL if state.depth() == "dig" else USUAL
    settings = settings_of(st.session_state.get("_choosing_settings"), names)
    try:
        steering.act(beginning, of, st.session_state.pop("_choosing_asked", None), settings)
    except GlassboxError as error:
        show_error(error, t)
    opened = steering.at_the_end(beginning, of)
    place = beginning.of.id[:12]
    obstacle = steering.obstacle(opened, of)
    _text(opened, of, t, f"steered_{place}")
    choice(
        opened.logits(),
        texts_of(opened.encoder),
        opened.before,
        t,
        key=f"choice_{place}",
        id_=steering.text_id(opened),
        names=names,
        values=START,
        settings=settings,
        seed=state.seed(),
        n_thrown=of.n_thrown,
        takes=not obstacle,
        first=lambda: _heard(f"choice_{place}", "take"),
    )
    if of.now == steering.beginning_of(of):
        return  # a tree of one branch says no more than the text above
    branch_tree(
        steering.shown_branches(opened, of, t),
        t,
        key=f"branches_{place}",
        current=of.now.current,
        n_given=of.now.n_given,
        first=lambda: _heard(f"branches_{place}", "act"),
    )


def _text(opened: Opened, of: steering.Steered, t: Words, key: str) -> None:
    obstacle = steering.obstacle(opened, of)
    limit = whole(opened.of.config.n_context, t.lang)
    stopped = {
        "": "",
        "ended": t("choosing.steer_ended"),
        "full": t("choosing.steer_full", n=limit),
        "many": t("choosing.steer_many", n=whole(steering.MOST_TAKEN, t.lang)),
    }
    acts = [
        *(["write"] if not obstacle else []),
        *(["undo"] if of.past else []),
        *(["reset"] if of.now != steering.beginning_of(of) else []),
    ]
    tokens = steering.shown_tokens(opened, of, t)
    bits = [token.bits for token in tokens if token.bits is not None]
    mean = sum(bits) / len(bits) if bits else 0.0
    steered_text(
        tokens,
        t,
        key=key,
        mean=t(
            "choosing.steer_mean",
            bits=decimal(mean, t.lang),
            perplexity=decimal(2**mean, t.lang, 1),
            n=whole(len(bits), t.lang),
        ),
        obstacle=obstacle,
        stopped=stopped[obstacle],
        acts=acts,
        n_more=whole(steering.N_MORE, t.lang),
        first=lambda: _heard(key, "act"),
    )


def _heard(key: str, name: str) -> None:
    """Keep what was clicked until the page is drawn; the settings stay for the whole session."""
    sent = st.session_state.get(key) or {}
    asked = sent.get(name)
    settings = asked.get("settings") if isinstance(asked, Mapping) else sent.get("settings")
    if settings is not None:
        st.session_state["_choosing_settings"] = settings
    st.session_state["_choosing_asked"] = asked


def _passed_on(opened: Opened, t: Words) -> list[Figure]:
    order = [processors.Temperature(START["temperature"]), processors.TopP(START["top_p"])]

    made = choosing.choose(torch.from_numpy(opened.logits().copy()), [], order, 0.0)
    left = int((made.end.probs > 0).sum())
    return [
        Figure(whole(len(opened.logits()), t.lang), t("choosing.passes_candidates")),
        Figure(whole(left, t.lang), t("choosing.passes_left")),
        Figure(share(float(made.end.probs.max()), t.lang), t("choosing.passes_best")),
    ]
