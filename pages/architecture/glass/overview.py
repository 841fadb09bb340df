"""What stands below the question on the page “glass view”."""

from dataclasses import asdict

import streamlit as st

from core.architecture import changing, inside
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
                seen, word, off = _show(looked, sentence, t)
    if looked is not None:
        if state.depth() != "watch":
            with card("glass_thought", thought.title(word, t), computed_now(t)):
                thought.show(looked, seen, word, off, t)
            with card("glass_patch", t("glass.patch"), computed_now(t)):
                thought.patching(looked, seen, sentence, t)
        if experiments(t):
            trials.show(looked, seen.inside.tokens, t)
        row = _passed_on(seen.inside, t)
    if under_the_hood(t):
        source(t, inside.look_inside, inside.logit_lens, words=t("glass.hood_inside"))
        source(
            t,
            inside.attribute,
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


def _show(looked: Looked, sentence: str, t: Words) -> tuple[seeing.Seen, thought.Shown, seeing.Off]:
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
    pushes = [Push(0.0, 0.0) for _ in seen.inside.blocks]
    for part in inside.attribute(looked.model, seen.inside, len(shown) - 1, word[0]):
        if part.layer is None:
            continue
        push = pushes[part.layer]
        is_mlp = part.part == "feedforward"
        pushes[part.layer] = Push(
            push.attention + (0.0 if is_mlp else part.logit),
            push.feedforward + (part.logit if is_mlp else 0.0),
        )
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
        pushes=pushes,
        habits=seeing.habits_of(looked, seen.inside, t),
        names=cells.names_of(t),
        play=state.depth() == "watch",
    )
    return seen, word, off


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
