"""One beginning, several ways to go on: greedy, drawn, beam search, speculative; all measured."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

import streamlit as st

from core.architecture.transformer import Transformer
from core.errors import GlassboxError
from core.inference.beams import Beams, BeamSettings, search
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.inference.scoring import score_text
from core.inference.speculative import Tally, tally, write_speculatively
from core.inference.text.diversity import variety
from core.lineage import content_id
from pages.architecture.looking import texts_of
from pages.inference.choosing.opened import Opened, read
from pages.inference.choosing.steering import at_the_end, obstacle, steered
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import TreeNode, beam_tree
from pages.kit.frame import note, show_error
from pages.kit.numbers import decimal, duration, share, whole

N_TOKENS: Final = 24
N_BEAMS: Final = 4
TREE_DEPTH: Final = 10  # tokens of the tree that are drawn
N_DRAFT: Final = 3
DRAFT_LAYERS: Final = 0.5  # share of the blocks that draft


@dataclass(frozen=True)
class Way:
    """One continuation and what it is like.

    Args:
        name: how it was found.
        tokens: what was written.
        bits: surprise of the model by it, in bits per token, as the model has learned.
        repeated: share of four tokens in a row that stood there before; None: too short.
        seconds: it took.
    """

    name: str
    tokens: tuple[int, ...]
    bits: float
    repeated: float | None
    seconds: float


@dataclass(frozen=True)
class Found:
    """All ways, the tree of the search, and what speculation saved."""

    ways: Sequence[Way]
    tree: Sequence[TreeNode]
    speculation: Tally
    n_draft_layers: int


@st.fragment
def show(beginning: Opened, t: Words) -> None:
    """The button, and what was found with this model after the text so far."""
    note(t("choosing.ways_about", n=whole(N_TOKENS, t.lang), beams=whole(N_BEAMS, t.lang)))
    kept: dict[object, tuple[Opened, Found]]
    kept = st.session_state.setdefault("_choosing_ways", {})
    key = (beginning.of.id, beginning.tokens, state.seed())
    if st.button(t("choosing.ways_write"), key="choosing_ways"):
        of = steered(beginning)
        opened = at_the_end(beginning, of)
        stopped = obstacle(opened, of)
        kept.clear()
        try:
            if stopped == "ended":
                note(t("choosing.steer_ended"))
            elif stopped == "full":
                note(t("choosing.steer_full", n=whole(opened.of.config.n_context, t.lang)))
            else:
                with st.spinner(t("choosing.ways_writing")):
                    kept[key] = opened, found(opened, t)
        except GlassboxError as error:
            show_error(error, t)
    if key not in kept:
        return
    opened, here = kept[key]
    note(t("choosing.ways_after", text=read(opened.encoder, opened.before)))
    st.html(_table(here.ways, opened, t))
    st.html(f"<h3>{escape(t('choosing.tree'))}</h3>")
    id_ = content_id(f"{opened.of.id} {opened.tokens} {state.seed()}".encode())
    beam_tree(here.tree, t, key="choosing_tree", id_=id_)
    spared = here.speculation
    note(
        t(
            "choosing.speculated",
            layers=whole(here.n_draft_layers, t.lang),
            all=whole(opened.of.config.n_layers, t.lang),
            drafted=whole(spared.n_checked, t.lang),
            accepted=whole(spared.n_accepted, t.lang),
            share=share(spared.acceptance or 0.0, t.lang),
            rounds=whole(spared.n_rounds, t.lang),
            n=whole(spared.n_tokens, t.lang),
        )
    )


def found(opened: Opened, t: Words) -> Found:
    """Write every way once, and measure it."""
    room = opened.of.config.n_context - len(opened.tokens)
    n = max(1, min(N_TOKENS, room))
    drawn = SamplingSettings(temperature=1.0, seed=state.seed(), max_tokens=n)
    greedy = replace(drawn, temperature=0.0)
    nucleus = replace(drawn, temperature=0.8, top_p=0.9)
    beams: list[Beams] = []
    rounds = []

    def beam() -> Sequence[int]:
        settings = BeamSettings(n_beams=N_BEAMS, max_tokens=n)
        beams.extend(search(opened.model, opened.tokens, settings, opened.encoder.end_id))
        return beams[-1].finished[0].tokens

    def speculative() -> Sequence[int]:
        small, end = _draft(opened.model), opened.encoder.end_id
        rounds.extend(write_speculatively(opened.model, small, opened.tokens, greedy, N_DRAFT, end))
        return [token for each in rounds for token in each.tokens]

    def write(settings: SamplingSettings) -> Callable[[], Sequence[int]]:
        return lambda: [
            each.token
            for each in generate(opened.model, opened.tokens, settings, opened.encoder.end_id)
        ]

    ways = [
        _measured(t("choosing.way_greedy"), write(greedy), opened),
        _measured(t("choosing.way_drawn"), write(drawn), opened),
        _measured(t("choosing.way_nucleus"), write(nucleus), opened),
        _measured(t("choosing.way_beam", n=whole(N_BEAMS, t.lang)), beam, opened),
        _measured(t("choosing.way_speculative"), speculative, opened),
    ]
    return Found(ways, _tree(beams[-1], opened, t), tally(rounds), _draft_layers(opened.model))


def _measured(name: str, write: Callable[[], Sequence[int]], opened: Opened) -> Way:
    begun = time.perf_counter()
    tokens = tuple(write())
    seconds = time.perf_counter() - begun
    scored = score_text(opened.model, [*opened.tokens, *tokens])
    surprise = -scored.logprobs[len(opened.tokens) - 1 :].double()  # (n,) nats of what was written
    bits = float(surprise.mean()) / math.log(2)
    return Way(name, tokens, bits, variety([tokens]).repeated_4, seconds)


def _draft_layers(model: Transformer) -> int:
    return max(1, round(model.config.n_layers * DRAFT_LAYERS))


def _draft(model: Transformer) -> Transformer:
    """The model's own first blocks as a smaller model, read out by its final norm.

    Source: Elhoushi et al. 2024, "LayerSkip", arXiv:2404.16710, section 4.3 (there the model was
        trained for it).
    """
    config = replace(model.config, n_layers=_draft_layers(model))
    small = Transformer(config, seed=None)
    weights = model.state_dict()
    small.load_state_dict({name: weights[name] for name in small.state_dict()})
    return small.eval()


def _tree(last: Beams, opened: Opened, t: Words) -> list[TreeNode]:
    """The part of the tree that is drawn."""
    return [
        TreeNode(
            number=node.number,
            parent=-1 if node.parent is None else node.parent,
            depth=node.depth,
            text=texts_of(opened.encoder, [node.token], t)[0],
            share=_share(node.logprob),
            total=node.total,
            state=node.state,
        )
        for node in last.nodes
        if node.depth <= TREE_DEPTH
    ]


def _share(logprob: float) -> float:
    return math.exp(logprob)


def _table(ways: Sequence[Way], opened: Opened, t: Words) -> str:
    heads = (
        t("choosing.column_way"),
        t("choosing.column_text"),
        t("choosing.column_bits"),
        t("choosing.column_repeated"),
        t("choosing.column_time"),
    )
    rows = "".join(
        "<tr>"
        f'<th scope="row">{escape(way.name)}</th>'
        f'<td class="gb-written">{escape(read(opened.encoder, way.tokens))}</td>'
        f"<td>{escape(decimal(way.bits, t.lang))}</td>"
        f"<td>{escape('–' if way.repeated is None else share(way.repeated, t.lang))}</td>"
        f"<td>{escape(duration(way.seconds, t.lang))}</td>"
        "</tr>"
        for way in ways
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    return (
        f'<div class="gb-ways"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
