"""Beyond the context window: a first sentence, more and more after it, and what is still known."""

from html import escape
from typing import Final

import streamlit as st

from core.alignment.text.scoring import Share
from core.data.world.losing import Story, losing_story, named, thing_in, things
from core.figures.spans import Point, spans
from core.inference.text.window import window_of
from pages.inference.prompting.drawing import drawn
from pages.inference.prompting.strip import tokens_html
from pages.inference.prompting.tasks import Known
from pages.inference.writing import watched
from pages.kit import drafts
from pages.kit.catalogue import Words
from pages.kit.components import figure
from pages.kit.components.figures import marks
from pages.kit.frame import Measured, note, predict
from pages.kit.models import Model
from pages.kit.numbers import share_span, whole

N_STORIES: Final = 40
N_SEEDS: Final = 2
STEPS: Final = 8  # lengths between nothing and twice the context
MOST_TIMES: Final = 2.0
THING_TOKENS: Final = 10


def show(base: Model, about: Known, t: Words) -> None:
    """The visitor's own long text: what of it the model no longer sees is struck out."""
    n_context = base.config.n_context
    note(t("prompting.window_about", n=whole(n_context, t.lang)))
    example = _story(base, about, 0, n_context).text
    text = drafts.recall("prompting_long", example)
    text = st.text_area(t("prompting.long"), text, key="prompting_long", height=150)
    drafts.keep("prompting_long")
    tokens = [base.encoder.end_id, *base.encoder.encode(text)]
    window = window_of(tokens, n_context)
    read = tokens_html(base.encoder, tokens, n_context, t).replace("gb-read", "gb-read tall")
    st.html(read)
    if window.cut:
        cut = base.encoder.decode(window.cut).strip()
        n = whole(len(window.cut), t.lang)
        note(t("prompting.cut", n=n, all=whole(len(tokens), t.lang), end=cut[-60:]))
    else:
        left = whole(n_context - len(tokens), t.lang)
        note(t("prompting.fits", n=whole(len(tokens), t.lang), left=left))


def experiment(base: Model, about: Known, t: Words) -> None:
    """Predict when the first sentence is forgotten."""
    story = _story(base, about, 1, 0)
    predict(
        f"window_{base.id[:8]}_{t.lang}",
        t,
        question=t("prompting.window_question"),
        options={
            "cliff": t("prompting.window_cliff"),
            "fades": t("prompting.window_fades"),
            "keeps": t("prompting.window_keeps"),
            "never": t("prompting.window_never"),
        },
        measure=lambda: _measure(base, about, t),
        about=lambda: st.html(
            f"<p class='gb-written'>{escape(story.first)} <span>[…]</span> "
            f"{escape(story.cue)} …</p>"
        ),
    )


def _story(base: Model, about: Known, seed: int, at_least: int) -> Story:
    """A story with so many tokens between its first and its last sentence."""
    thing = things()[seed % len(things())]
    return losing_story(
        about.town,
        about.lang,
        seed,
        thing,
        lambda sentence: len(base.encoder.encode(f" {sentence}")),
        at_least,
    )


def _measure(base: Model, about: Known, t: Words) -> Measured:
    n_context = base.config.n_context
    lengths = [round(MOST_TIMES * n_context * step / STEPS) for step in range(STEPS + 1)]
    stories = [
        [_story(base, about, seed, length) for seed in range(N_STORIES)] for length in lengths
    ]
    read = [
        [[base.encoder.end_id, *base.encoder.encode(one.text)] for one in row] for row in stories
    ]
    wanted = [(tokens, seed) for row in read for tokens in row for seed in range(N_SEEDS)]
    found: list[str] = []
    with watched(t, "window") as progress:
        for one in drawn(base, wanted, THING_TOKENS):
            found.append(one.text)
            progress(len(found) / len(wanted))
    per_row = N_STORIES * N_SEEDS
    shares, points, seen = [], [], []
    for at, (row, tokens) in enumerate(zip(stories, read, strict=True)):
        own = found[at * per_row : (at + 1) * per_row]
        hits = sum(
            thing_in(text, about.lang) == row[n // N_SEEDS].thing for n, text in enumerate(own)
        )
        shares.append(Share(hits, per_row))
        mean = sum(map(len, tokens)) / len(tokens)
        points.append(Point(mean, shares[-1].value, *shares[-1].span))
        seen.append(all(not window_of(each, n_context).cut for each in tokens))
    chance = 1 / len(things())
    outcome = outcome_of(shares, seen, chance)

    def show_more() -> None:
        """The chart."""
        figure(
            spans(
                points,
                t("prompting.window_x"),
                t("prompting.window_y"),
                level=(chance, t("prompting.chance", n=len(things()))),
                border=(n_context, t("prompting.border", n=whole(n_context, t.lang))),
                marks=marks(t),
            ),
            t,
            key=f"window_{base.id[:8]}",
            alt=t("prompting.window_alt"),
            height=320,
        )
        words = ", ".join(named(each, about.lang) for each in things())
        note(t("prompting.window_things", things=words))

    text = t(
        "prompting.window_measured",
        first=share_span(*shares[0].span, t.lang),
        inside=share_span(*shares[_last(seen)].span, t.lang),
        n_inside=whole(points[_last(seen)].x, t.lang),
        outside=share_span(*shares[-1].span, t.lang),
        n_outside=whole(points[-1].x, t.lang),
        n=whole(per_row, t.lang),
    )
    return Measured(outcome, text, show_more)


def _last(seen: list[bool]) -> int:
    """The longest text of which everything is seen."""
    return max((at for at, all_ in enumerate(seen) if all_), default=0)


def outcome_of(shares: list[Share], seen: list[bool], chance: float) -> str:
    """Which expectation the shares over growing texts fulfil."""
    first, inside, outside = shares[0], shares[_last(seen)], shares[-1]
    if first.span[0] <= chance:
        return "never"
    if outside.span[0] > chance and not outside.apart_from(first):
        return "keeps"
    return "fades" if inside.apart_from(first) else "cliff"
