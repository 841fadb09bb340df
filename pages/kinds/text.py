"""Text in the frame: the travelling sentence in tokens, its loss, a continuation, its judge."""

from collections.abc import Callable
from html import escape
from typing import Any, Final

from core.data.world import WorldSettings
from core.modality import TEXT
from core.services import services
from pages.home.verdict import verdict_shown
from pages.journey import chain, parts
from pages.journey.chain import Learned
from pages.kinds.frame import Column, Live
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.numbers import decimal, whole

MOST_DRAWS: Final = 40  # until a continuation with a mistake is found
HOUSE: Final = ""  # nobody's bench: there the example model lies


def example() -> chain.Chain | None:
    """The example model; None where none is shipped."""
    return chain.chain(HOUSE)


def learned_from(t: Words) -> str:
    """What the example model has learned from: as the ribbon counts it."""
    lane = services().store.benches.view(HOUSE, TEXT)["a"]
    if not {"corpus", "checkpoint"} <= lane.keys():
        return ""
    return t(
        "kinds.text_learned",
        n=whole(float(lane["corpus"].artifact.numbers["n_kept"]), t.lang),
        steps=whole(float(lane["checkpoint"].artifact.numbers["step"]), t.lang),
    )


def examples(t: Words) -> Column:
    """Every question answered with the sentence that travels, by the example model."""
    said = {
        "token": t("kinds.text_token"),
        "loss": t("kinds.text_loss"),
        "sample": t("kinds.text_sample"),
        "judge": t("kinds.text_judge"),
        "failure": t("kinds.text_failure"),
    }
    own = example()
    if own is None:
        return {question: Live(sentence) for question, sentence in said.items()}
    sentence = state.sentence()
    now = chain.learned(own.base.id, own.base, own.moments[-1], sentence, state.seed())
    lives = {
        "token": parts.tokens(own, sentence, t),
        "loss": _loss(own, now, sentence, t),
        "sample": _written(sentence, now.text),
        "judge": _judged(sentence, now.text, own.base.world, t),
        "failure": "",
    }
    return {question: Live(sentence, lives[question]) for question, sentence in said.items()}


def _loss(own: chain.Chain, now: Learned, sentence: str, t: Words) -> str:
    """Bits of surprise under every token, and their mean."""
    bits: list[tuple[str, float]] = []
    at, pieces = 0, []
    for span in chain.spans(own.base, sentence):
        bits.append((span.text, sum(now.bits[at : at + len(span.ids)])))
        at += len(span.ids)
    for text, value in bits[: parts.SHOWN_TOKENS]:
        depth = min(1.0, value / parts.DEEPEST_BITS)
        pieces.append(
            f'<li style="--depth:{depth:.2f}"><b dir="auto">{escape(text)}</b>'
            f"<small>{decimal(value, t.lang, 1)}</small></li>"
        )
    mean = t("kinds.text_bits", n=decimal(now.per_letter, t.lang))
    row = f'<ol class="gb-tokens gb-surprise">{"".join(pieces)}</ol>'
    return f'{row}<p class="gb-figure">{rich(mean)}</p>'


def _written(sentence: str, text: str) -> str:
    shown = escape(" ".join(text.split()))
    return f'<p class="gb-written" dir="auto"><b>{escape(sentence)}</b> {shown} …</p>'


def _judged(sentence: str, text: str, world: WorldSettings | None, t: Words) -> str:
    """The continuation with its wrong sentences marked, and how many are right."""
    return parts.continued(sentence, text, world, t)


def failure(t: Words, tell: Callable[[float], Any]) -> str:
    """The first continuation of the sentence with a mistake in it, looked for seed by seed."""
    own = example()
    if own is None or own.base.world is None:
        return ""
    sentence = state.sentence()
    for n in range(MOST_DRAWS):
        now = chain.learned(own.base.id, own.base, own.moments[-1], sentence, state.seed() + n)
        verdict = verdict_shown(sentence, now.text, len(sentence) + len(now.text), own.base.world)
        if verdict.ungrammatical or verdict.untrue:
            found = t("kinds.found_in", n=whole(n + 1, t.lang))
            judged = parts.continued(sentence, now.text, own.base.world, t)
            return f'{judged}<p class="gb-figure">{rich(found)}</p>'
        tell((n + 1) / MOST_DRAWS)
    return f"<p>{rich(t('kinds.none_found', n=whole(MOST_DRAWS, t.lang)))}</p>"
