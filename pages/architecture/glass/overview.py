"""What stands below the question on the page “glass view”."""

from collections.abc import Sequence
from dataclasses import asdict

import streamlit as st

from core.architecture import attribution, changing, inside
from core.lineage import content_id
from pages.architecture import plan
from pages.architecture.bench import on_bench
from pages.architecture.glass import cells, choosing, seeing, thought, trials
from pages.architecture.looking import Looked
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import Push, asked_of_glass, glass
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import millions, whole


def draw(t: Words) -> None:
    """Draw the page below its question."""
    owner, sentence = state.owner(), state.sentence()
    bench = on_bench(owner)
    plan.take_up(bench)
    config, _ = plan.in_force(bench)
    row: list[Figure] = []
    with stage(t("glass.stage"), computed_now(t)):
        above, below = st.container(), st.container()
        with below:
            looked = choosing.chosen(bench, owner, config, t)
        if looked is not None:
            with above:
                seen, followed, off = _show(looked, sentence, t)
    if looked is not None:
        if state.depth() != "watch":
            with card("glass_thought", thought.title(followed, t), computed_now(t)):
                thought.show(looked, seen, followed, off, t)
            with card("glass_patch", t("glass.patch"), computed_now(t)):
                thought.patching(looked, seen, sentence, off, t)
        if experiments(t):
            trials.show(looked, seen.inside.tokens, t)
        row = _passed_on(seen.inside, t)
    if under_the_hood(t):
        source(t, inside.look_inside, inside.logit_lens, words=t("glass.hood_inside"))
        source(
            t,
            attribution.attribute,
            words=t("glass.hood_attribute"),
            formula=r"z_w = \sum_p \frac{(g \odot x_p) \cdot E_w}"
            r"{\sqrt{\operatorname{mean}(x^2) + \varepsilon}}, \qquad x = \sum_p x_p",
            paper="Elhage et al. 2021, transformer-circuits.pub",
        )
        source(
            t,
            changing.changed,
            words=t("glass.hood_changing"),
            paper="Meng et al. 2022, arXiv:2202.05262",
        )
    hand_over(t, "glass", row)


def _show(
    looked: Looked, sentence: str, t: Words
) -> tuple[seeing.Seen, thought.Followed, seeing.Off]:
    """The view itself: what is clicked in it is computed before it is drawn."""
    tokens = looked.tokens(sentence)
    shown = tokens[: seeing.N_TOKENS]
    n_left_out = len(looked.begins) + len(looked.encoder.encode(sentence)) - len(shown)
    if n_left_out > 0:
        n, left_out = whole(len(shown), t.lang), whole(n_left_out, t.lang)
        note(t("glass.cut", n=n, left_out=left_out))
    if looked.whose is None:
        note(t("architecture.untrained", seed=state.seed()))
    if looked.whose == "others":
        note(t("glass.of_others", n=millions(looked.model.n_parameters, t.lang)))
    key = f"glass_{looked.key[:12]}"
    asked = asked_of_glass(key)
    off = seeing.admitted(asked.get("off"), looked.config)
    place = cells.admitted(asked.get("cell"), looked.config, len(shown))
    opened = asked.get("open")
    opened = opened if type(opened) is int and 0 <= opened < looked.config.n_layers else None
    seen = seeing.seen(looked, shown, off, opened, t)
    word = thought.word_of(
        looked,
        seen.inside,
        t,
        place.of if place and place.kind == "probability" and place.at == len(shown) - 1 else None,
    )
    before = seeing.seen(looked, shown, (), opened, t).sent["next"][-1] if off else None
    shares = attribution.attribute(looked.model, seen.inside, len(shown) - 1, word[0])
    glass(
        seen.sent,
        t,
        key=key,
        id_=content_id(f"{looked.key} {shown}".encode()),
        chosen=asdict(place) if place else None,
        cell=cells.arithmetic(looked, seen.inside, place, off, t) if place else None,
        off=[list(part) for part in off],
        before=before,
        word=word[1],
        pushes=_pushes(shares, looked.config.n_layers),
        habits=seen.habits,
        names=cells.names_of(t),
        play=state.depth() == "watch",
    )
    return seen, thought.Followed(word, shares), off


def _pushes(shares: Sequence[attribution.Share], n_layers: int) -> list[Push]:
    """What each block's two parts add to the word's logit."""
    added = {part: [0.0] * n_layers for part in ("attention", "feedforward")}
    for share in shares:
        if share.layer is not None:
            part = "feedforward" if share.part == "feedforward" else "attention"
            added[part][share.layer] += share.logit
    return [Push(*both) for both in zip(added["attention"], added["feedforward"], strict=True)]


def _passed_on(found: inside.Inside, t: Words) -> list[Figure]:
    config = found.config
    kept = [value for block in found.blocks for value in vars(block).values()]
    kept += [found.embedding, found.logits]
    n_values = sum(value.numel() for value in kept if value is not None)
    n_parts = config.n_layers * (config.n_heads + 1) + 1
    return [
        Figure(whole(len(found.tokens), t.lang), t("glass.passes_tokens")),
        Figure(whole(n_values, t.lang), t("glass.passes_values")),
        Figure(whole(n_parts, t.lang), t("glass.passes_parts")),
    ]
