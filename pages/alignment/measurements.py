"""Measurements of a line of models: rules kept, comparisons won, and the cost."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from html import escape
from typing import Any, Final

import streamlit as st

from core.alignment.comparing import EXAM_TEMPERATURE, Duel, Rate, compare, plain_text_cost
from core.alignment.text.asking import draw_questions
from core.alignment.text.rules import RULES
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.dataset import Dataset
from core.data.world import chat_prompt
from core.errors import GlassboxError
from core.house import checkpoints_over_time
from core.inference.sampling import SamplingSettings
from core.lineage import Kind
from core.services import services
from pages.alignment import names
from pages.alignment.one_question import Line, Record, known
from pages.alignment.questions import how_often, own_question
from pages.home.shipped import aligned_then
from pages.inference.writing import watched, write_all
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    figures,
    note,
    show_error,
)
from pages.kit.models import Model
from pages.kit.numbers import MINUS, NO_FIGURE, decimal, share, share_span, whole

N_QUESTIONS: Final = 60
N_TOKENS: Final = 60
EXAM_SEED: Final = 11


def in_short(line: Line, t: Words) -> None:
    """What each model comes to in one sentence, and how typical the example above is."""
    found, shipped = known(line)
    said = []
    rates = found.get("rates", {})
    if len(rates) > 1:
        n = whole(float(found["n_questions"]), t.lang)
        polite, true = (_way(rule, rates, t) for rule in ("polite", "truthful"))
        said.append(t("alignment.in_short", n=n, polite=polite, true=true))
    often = how_often(t)
    if often and shipped and found and not own_question():
        said.append(t("alignment.telling", **_of(often, t)))
    if said:
        st.html(f'<p class="gb-short">{" ".join(map(rich, said))}</p>')


def _way(rule: str, rates: Mapping[str, Any], t: Words) -> str:
    """How often each model of a line keeps a rule, one after the other."""
    return " → ".join(share(Rate(**each[rule]).share, t.lang) for each in rates.values())


def _of(rate: Rate, t: Words) -> dict[str, str]:
    """A share with its counts and its interval, as written on the page."""
    return {
        "k": whole(rate.n_kept, t.lang),
        "n": whole(rate.n, t.lang),
        "share": share(rate.share, t.lang),
        "span": share_span(*rate.interval, t.lang),
    }


def comparison(line: Line, t: Words) -> Record | None:
    """Rates, duels and cost of one line; shipped for the example model, else measured here.

    Returns:
        what is shown, as core.house.examined gives it; None as long as nothing was measured.
    """
    ids = tuple(model.id for model in line.models.values())
    found, shipped = known(line)
    badge = ((aligned_then(t) if shipped else None) or computed_now(t)) if found else None
    with card("measured", t("alignment.measured"), badge):
        in_short(line, t)
        if found:
            show(found, shipped, t)
        else:
            note(t("alignment.not_measured"))
        if state.depth() != "watch" and line.town is not None and len(line.models) > 1:
            label = t("alignment.measure", n=whole(N_QUESTIONS, t.lang))
            if st.button(label, key="measure_line"):
                try:
                    with watched(t, "line") as progress:
                        st.session_state["_examined"][ids] = measure(line, progress)
                    st.rerun()
                except GlassboxError as error:
                    show_error(error, t)
    return found or None


def measure(line: Line, on_progress: Callable[[float], None]) -> Record:
    """Ask every model of a line the same held-out questions, with the same seeds."""
    world, where = line.furthest.world, line.town
    assert world is not None and where is not None
    shares = {"de": world.german_share, "en": 1.0 - world.german_share}
    langs = [lang for lang, part in shares.items() if part > 0.0]
    asked = draw_questions(where, langs, "held_out", N_QUESTIONS, EXAM_SEED)
    given: dict[str, list[list[str]]] = {}
    for place, (kind, model) in enumerate(line.models.items()):
        wanted = [
            (
                chat_prompt(one.text, one.lang) if kind == "checkpoint" else one.text,
                SamplingSettings(
                    temperature=EXAM_TEMPERATURE, seed=EXAM_SEED + number, max_tokens=N_TOKENS
                ),
            )
            for number, one in enumerate(asked)
        ]

        def tell(part: float, place: int = place) -> None:
            on_progress((place + part) / (len(line.models) + 1))

        texts = [text.read(model.encoder).strip() for text in write_all(model, wanted, tell)]
        one_line = kind == "checkpoint"  # it would go on with the next question
        given[kind] = [[text.split("\n")[0] if one_line else text] for text in texts]
    found = compare(given, asked, RULES, where)
    return {
        "n_questions": len(asked),
        "rates": {
            kind: {rule: asdict(rate) for rule, rate in rates.items()}
            for kind, rates in found.rates.items()
        },
        "duels": [
            {"first": one, "second": other, **asdict(duel)}
            for (one, other), duel in found.duels.items()
        ],
        "bits_per_byte": cost(line),
    }


def cost(line: Line) -> dict[str, float]:
    """The loss of every model on plain held-out text, in bits per byte."""
    store, owner = services().store, state.owner()
    first = next(iter(line.models.values()))
    dataset = Dataset.from_bytes(
        store.artifacts.read(owner, store.artifacts.nearest(owner, first.id, "dataset").id)
    )
    base = transformer(first)
    return {
        kind: plain_text_cost(base, transformer(model), dataset).after
        for kind, model in line.models.items()
    }


def transformer(model: Model) -> Transformer:
    """A model loaded in this process, for reading only."""
    return services().store.artifacts.opened(state.owner(), model.id, read_checkpoint)[0]


def show(found: Record, shipped: bool, t: Words) -> None:
    """Rules kept by each model, then who wins against whom, then the cost."""
    kinds: list[Kind] = list(found["rates"])
    n = whole(float(found["n_questions"]), t.lang)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        note(t("alignment.rates_note", n=n))
        rows = "".join(_rule_row(rule, kinds, found["rates"], t) for rule in names.ORDER)
        st.html(f'<div class="gb-rates">{_legend(kinds, t)}{rows}</div>')
        if shipped and (free := _free_truth()) is not None:
            note(t("alignment.why_lower", share=share(free, t.lang)))
    with right:
        note(t("alignment.duels_note"))
        st.html(f'<div class="gb-duels">{"".join(_duel(one, t) for one in found["duels"])}</div>')
        note(t("alignment.cost_note"))
        bits: Mapping[str, float] = found["bits_per_byte"]
        figures(t, [Figure(decimal(bits[k], t.lang, 3), names.model(k, t)) for k in kinds])


def _free_truth() -> float | None:
    """The share of true statements among what the example model writes freely, as in step 3."""
    checkpoints = checkpoints_over_time()
    share_ = checkpoints[-1].numbers.get("true_share") if checkpoints else None
    return float(share_) if share_ is not None else None


def _legend(kinds: list[Kind], t: Words) -> str:
    shown = "".join(f"<span class='{k}'><i></i>{escape(names.model(k, t))}</span>" for k in kinds)
    return f'<p class="legend" aria-hidden="true">{shown}</p>'


def _rule_row(rule: str, kinds: list[Kind], rates: Mapping[str, Any], t: Words) -> str:
    """One rule: for each model a dot with its interval, and the numbers."""
    bars = []
    for kind in kinds:
        rate = Rate(**rates[kind][rule])
        low, high = rate.interval
        reach = share_span(low, high, t.lang)
        said = f"{names.model(kind, t)}: {share(rate.share, t.lang)} ({reach})"
        bars.append(
            f"<div class='{kind}'><p class='track' role='img' aria-label='{escape(said)}'>"
            f"<span style='left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%'></span>"
            f"<i style='left:{100 * rate.share:.1f}%'></i></p>"
            f"<p class='value'>{share(rate.share, t.lang)} <small>{escape(reach)}</small></p></div>"
        )
    return f"<section><h3>{escape(names.rule(rule, t))}</h3><div>{''.join(bars)}</div></section>"


def _duel(one: Mapping[str, Any], t: Words) -> str:
    """One duel: who met whom, how often the first won, and the ties."""
    found = Duel(one["n_won"], one["n_tied"], one["n_lost"])
    first, second = names.model(one["first"], t), names.model(one["second"], t)
    low, high = found.interval
    rate = share(found.win_rate, t.lang) if found.n_decided else NO_FIGURE
    counts = t(
        "alignment.duel_counts",
        won=whole(found.n_won, t.lang),
        lost=whole(found.n_lost, t.lang),
        tied=whole(found.n_tied, t.lang),
    )
    return (
        f"<p><b>{rate}</b> {escape(t('alignment.duel', first=first, second=second))}"
        f"<small>{escape(share_span(low, high, t.lang))} · {escape(counts)}</small></p>"
    )


def passed_on(line: Line, found: Record | None, t: Words) -> list[Figure]:
    """The number of preferences behind the last model, and its results against the base model."""
    row = []
    lineage = services().store.artifacts.lineage(state.owner(), line.furthest.id)
    chosen = [each for each in lineage if each.kind == "preferences"]
    if chosen:
        n = float(chosen[-1].numbers.get("n_pairs", 0))  # those with a better answer
        own = services().store.artifacts.owns(state.owner(), chosen[-1].id)  # or the shipped ones
        row.append(
            Figure(whole(n, t.lang), t("alignment.n_preferences"), "yours" if own else "house")
        )
    against = [one for one in found["duels"] if one["second"] == "checkpoint"] if found else []
    if against:
        last = against[-1]
        fared = Duel(last["n_won"], last["n_tied"], last["n_lost"])
        label = t("alignment.win_rate", n=whole(fared.n_decided, t.lang))
        row.append(Figure(share(fared.win_rate, t.lang), label, line.whose))
    if found and len(line.models) > 1:
        bits = found["bits_per_byte"]
        apart = bits[line.furthest.kind] - bits["checkpoint"]
        sign = "+" if apart >= 0 else MINUS
        row.append(Figure(sign + decimal(abs(apart), t.lang, 3), t("alignment.cost"), line.whose))
    return row
