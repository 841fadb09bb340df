"""The six steps in one picture, each with the visitor's sentence or the example's numbers."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

import streamlit as st

from core.architecture.config import ModelConfig
from core.architecture.sizes import parameters_by_part
from core.data.text.graphemes import token_spans
from core.house import checkpoints_over_time, examined
from core.pipeline import STEPS
from pages.home import guess, shipped
from pages.home.next_words import guesses
from pages.kit import site, state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import computed_now
from pages.kit.numbers import decimal, millions, share, whole

N_TOKENS: Final = 9
N_GUESSES: Final = 4
EXACT_BELOW: Final = 0.02  # smaller shares are shown with a decimal


def way(t: Words) -> None:
    """Six pictures in a row, each a link to its step."""
    badges = shipped.measured_then(t).html + computed_now(t, t("home.sentence_now")).html
    heading = f'<h2 class="gb-part">{escape(t("home.way"))}</h2>'
    st.html(f'<div class="gb-head gb-way-head">{heading}<span>{badges}</span></div>')
    drawn: dict[str, Callable[[Words], tuple[str, str]]] = {
        "data": data,
        "architecture": architecture,
        "training": training,
        "inference": inference,
        **({"alignment": alignment, "postprocessing": postprocessing} if examined() else {}),
    }
    shared = state.shared()
    with st.container(key="gb_way"):
        for n, step in enumerate(STEPS, start=1):
            with st.container(key=f"gb_way_{step}"):
                label = f"{n} {t(f'shell.{step}')}"
                st.page_link(site.linked(step, t), label=label, query_params=shared)
                is_built = step in drawn
                picture, number = drawn[step](t) if is_built else ("", t("home.later"))
                kind = "" if is_built else " gb-later"
                st.html(
                    f'<div class="gb-picture{kind}" aria-hidden="true">{picture}</div>'
                    f'<p class="gb-number{kind}">{escape(number)}</p>'
                    f"<p>{rich(t(f'home.{step}'))}</p>"
                )


def data(t: Words) -> tuple[str, str]:
    """The sentence in tokens."""
    spans = token_spans(shipped.encoder(), shipped.beginning(state.sentence())[1:])
    more = "<i>…</i>" if len(spans) > N_TOKENS else ""
    chips = "".join(f"<span>{escape(span.text.strip() or '␣')}</span>" for span in spans[:N_TOKENS])
    n = whole(float(shipped.artifacts()["corpus"].numbers["n_kept"]), t.lang)
    return f'<div class="gb-chips">{chips}{more}</div>', t("home.n_texts", n=n)


def architecture(t: Words) -> tuple[str, str]:
    """Where the weights sit."""
    config = ModelConfig.from_dict(shipped.artifacts()["design"].settings)
    parts = parameters_by_part(config)
    total = sum(parts.values())
    blocks = parts["attention"] + parts["feedforward"]
    rows = [(t("home.table"), (total - blocks) / total)]
    rows += [(t("home.block", n=n), blocks / config.n_layers / total) for n in _upto(config)]
    return _bars(t, rows), t("home.n_weights", n=millions(total, t.lang))


def _upto(config: ModelConfig) -> Sequence[int]:
    return range(1, config.n_layers + 1)


def training(t: Words) -> tuple[str, str]:
    """The surprise at every checkpoint, which falls."""
    found = [float(each.numbers["validation_bits_per_byte"]) for each in checkpoints_over_time()]
    columns = "".join(f'<i style="height:{100 * each / max(found):.1f}%"></i>' for each in found)
    first, last = (decimal(each, t.lang, 2) for each in (found[0], found[-1]))
    return f'<div class="gb-columns">{columns}</div>', t("home.fell", first=first, last=last)


def inference(t: Words) -> tuple[str, str]:
    """What may come next after the sentence."""
    found = guesses(state.sentence(), state.seed(), t)[0].candidates
    rows = [(each.word, each.probability) for each in found[:N_GUESSES]]
    n = whole(guess.n_candidates(), t.lang)
    return _bars(t, rows), t("home.n_candidates", n=n)


def alignment(t: Words) -> tuple[str, str]:
    """How often the answers are polite: before, fine-tuned, aligned."""
    rates = examined()["rates"]
    names = (t("home.way_base"), t("home.way_tuned"), t("home.way_aligned"))
    shares = [one["polite"]["n_kept"] / one["polite"]["n"] for one in rates.values()]
    first, last = (share(each, t.lang) for each in (shares[0], shares[-1]))
    rows = list(zip(names, shares, strict=False))
    return _bars(t, rows), t("home.polite_rose", first=first, last=last)


def postprocessing(t: Words) -> tuple[str, str]:
    """The share of the aligned model's answers in which the filters find something."""
    found = examined()["answers_filtered"]
    hit = found["n_with_findings"] / found["n_texts"]
    rows = [(t("home.way_found"), hit), (t("home.way_clean"), 1 - hit)]
    return _bars(t, rows), t("home.n_hits", n=whole(100 * hit, t.lang))


def _bars(t: Words, rows: Sequence[tuple[str, float]]) -> str:
    """Names, bars and shares of 1; the longest bar takes the whole width."""
    top = max(value for _, value in rows) or 1.0
    lines = "".join(
        f"<b>{escape(name)}</b><span><i style='width:{100 * value / top:.1f}%'></i></span>"
        f"<em>{share(value, t.lang, 0 if value > EXACT_BELOW else 1)}</em>"
        for name, value in rows
    )
    return f'<div class="gb-bars">{lines}</div>'
