"""The six parts of the journey as markup: what each step makes of the sentence.

Text of the visitor or of a model is data, and escaped.
"""

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Final

from core.data.text.graphemes import TokenSpan
from core.data.world import WorldSettings, town
from core.training.text.verdicts import Verdict
from pages.alignment.verdicts import marked
from pages.home.next_words import readable as word_shown
from pages.home.verdict import verdict_shown
from pages.journey import chain
from pages.journey.chain import Chain, Learned
from pages.kit.catalogue import Words, rich
from pages.kit.models import Model
from pages.kit.numbers import decimal, millions, share, whole

SHOWN_TOKENS: Final = 48
N_CANDIDATES: Final = 5
LEAST: Final = 0.0005  # a word that is less likely is not shown
SHOWN_NUMBERS: Final = 8  # of a vector
DEEPEST_BITS: Final = 12.0  # a token that surprises as much as this is drawn deepest
SHOWN_CHARACTERS: Final = 230  # of a text
ENDS: Final = tuple(".!?”“")


def tokens(own: Chain, sentence: str, t: Words) -> str:
    """Step 1: the sentence in tokens, each with its number."""
    found = chain.spans(own.base, sentence)
    pieces = "".join(
        f'<li><b dir="auto">{_visible(span)}</b>'
        f"<small>{' '.join(str(id_) for id_ in span.ids)}</small></li>"
        for span in found[:SHOWN_TOKENS]
    )
    return f'<ol class="gb-tokens">{pieces}{_more(found, t)}</ol>'


def n_tokens(own: Chain, sentence: str) -> int:
    """How many tokens the sentence has."""
    return sum(len(span.ids) for span in chain.spans(own.base, sentence))


def looking(own: Chain, sentence: str, t: Words) -> str:
    """Step 2: what the last token looks at, and what stands for it inside the model."""
    found, seen = chain.spans(own.base, sentence), chain.look(own.base.id, own.base, sentence)
    shares, at = [], len(seen.shares) - sum(len(span.ids) for span in found)
    for span in found:  # tokens that share a character are looked at together
        shares.append(sum(seen.shares[max(0, at) : max(0, at + len(span.ids))]))
        at += len(span.ids)
    pieces = "".join(
        f'<li style="--depth:{value:.2f}"><b dir="auto">{_visible(span)}</b>'
        f"<small>{share(value, t.lang)}</small></li>"
        for span, value in list(zip(found, shares, strict=True))[-SHOWN_TOKENS:]
    )
    if len(found) <= SHOWN_TOKENS:  # what is missing to 1 goes to the sign for the beginning
        start, name = max(0.0, 1 - sum(shares)), escape(t("architecture.text_begins"))
        pieces = (
            f'<li style="--depth:{start:.2f}"><b>{name}</b>'
            f"<small>{share(start, t.lang)}</small></li>{pieces}"
        )
    vector = "  ".join(decimal(x, t.lang) for x in seen.vector[:SHOWN_NUMBERS])
    about = t("journey.vector", token=found[-1].text.strip() or "␣", n=len(seen.vector))
    return (
        f'<ol class="gb-tokens gb-depth">{pieces}</ol>'
        f'<p class="gb-vector"><span>{rich(about)}</span> <code>{vector} …</code></p>'
    )


def learning(own: Chain, sentence: str, moments: Sequence[tuple[str, Learned]], t: Words) -> str:
    """Step 3: the same sentence before, midway and after, and how each goes on."""
    found = chain.spans(own.base, sentence)
    rows = "".join(_moment(name, one, found, sentence, own.base.world, t) for name, one in moments)
    first, last = moments[0][1].per_letter, moments[-1][1].per_letter
    more = f'<p class="gb-soft">{rich(t("journey.more_surprised"))}</p>' if last > first else ""
    return f'<div class="gb-moments">{rows}</div>{more}'


def _moment(
    name: str,
    one: Learned,
    found: Sequence[TokenSpan],
    sentence: str,
    world: WorldSettings | None,
    t: Words,
) -> str:
    bits, at = [], 0
    for span in found:
        bits.append(sum(one.bits[at : at + len(span.ids)]))
        at += len(span.ids)
    pieces = "".join(
        f'<li style="--depth:{min(1.0, value / DEEPEST_BITS):.2f}">'
        f'<b dir="auto">{_visible(span)}</b><small>{decimal(value, t.lang, 1)}</small></li>'
        for span, value in list(zip(found, bits, strict=True))[:SHOWN_TOKENS]
    )
    n = decimal(one.per_letter, t.lang)
    said = (
        t("journey.per_letter", n=n)
        if one.mean is None
        else t("journey.per_letter_both", n=n, mean=decimal(one.mean, t.lang))
    )
    return (
        f"<section><h3>{escape(name)} <small>{escape(said)}</small></h3>"
        f'<ol class="gb-tokens gb-surprise">{pieces}</ol>'
        f"{continued(sentence, one.text, world, t)}</section>"
    )


def continued(sentence: str, text: str, world: WorldSettings | None, t: Words) -> str:
    """A sentence and what a model made of it, wrong sentences underlined, with the verdict.

    Args:
        world: settings of the town the model has read about; without one nobody can judge.
    """
    written = " ".join(text.split())
    gap = " " if text[:1].isspace() and written else ""
    shown = (" ".join(sentence.split()) + gap + written)[: len(sentence) + SHOWN_CHARACTERS]
    verdict = verdict_shown(sentence, text, len(shown), world) if world else Verdict(0)
    wrong = [*verdict.ungrammatical, *verdict.untrue]
    cuts = sorted({0, len(sentence), len(shown), *(n for pair in wrong for n in pair)})
    pieces = []
    for start, end in pairwise(cuts):
        piece = escape(shown[start:end])
        if any(a <= start < b for a, b in wrong):
            piece = f"<u>{piece}</u>"
        pieces.append(f"<b>{piece}</b>" if end <= len(sentence) else piece)
    if written and not shown.endswith(ENDS):
        pieces.append(" …")
    return f'<p class="gb-written" dir="auto">{"".join(pieces)}</p>{_said(verdict, t)}'


def _said(verdict: Verdict, t: Words) -> str:
    if not verdict.n:
        return f'<p class="gb-soft">{escape(t("journey.none_finished"))}</p>'
    right = t("journey.n_right", right=verdict.n_right, n=verdict.n)
    return f'<p class="gb-soft">{escape(right)}</p>'


def answers(own: Chain, texts: Sequence[tuple[Model, str]], t: Words) -> str:
    """Step 4: what the model makes of the sentence before, after fine-tuning, after alignment."""
    names = {
        "checkpoint": t("journey.base"),
        "tuned": t("journey.tuned"),
        "aligned": t("journey.aligned"),
    }
    where = town(own.base.world) if own.base.world else None
    columns = "".join(
        f"<section><h3>{escape(names[model.kind])}</h3>"
        f'<p class="gb-written" dir="auto">{marked(_short(text), t.lang, where, t)}</p></section>'
        for model, text in texts
    )
    return f'<div class="gb-answers">{columns}</div>'


def drawing(own: Chain, sentence: str, text: str, t: Words) -> str:
    """Step 5: the likeliest next words, the one that was drawn lit, and the whole continuation."""
    known = chain.next_words(own.base.id, own.base, sentence)
    words = [one for one in known[:N_CANDIDATES] if one[1] >= LEAST] or known[:1]
    top = max(probability for _, probability in words)
    first = max((word for word, _ in known if word and _begins(text, word)), key=len, default="")
    words += [one for one in known[N_CANDIDATES:] if first and one[0] == first]
    rows = "".join(
        f'<li class="{"hit" if word == first else ""}"><span>{escape(word_shown(word, t))}</span>'
        f'<i style="width:{100 * probability / top:.0f}%"></i>'
        f"<em>{share(probability, t.lang, 0 if probability >= 0.01 else 1)}"
        f"{' ✓' if word == first else ''}</em></li>"
        for word, probability in words
    )
    return (
        f'<div class="gb-draw"><ol class="gb-likely">{rows}</ol>'
        f"<div>{continued(sentence, text, own.base.world, t)}</div></div>"
    )


def _begins(text: str, word: str) -> bool:
    """Whether a text goes on with a word, and that word is over there."""
    return text.startswith(word) and not text[len(word) :][:1].isalnum()


def parameters(own: Chain, t: Words) -> str:
    """How many weights the model has."""
    return millions(chain.model_of(own.base).n_parameters, t.lang)


def _short(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= SHOWN_CHARACTERS else joined[:SHOWN_CHARACTERS] + " …"


def _visible(span: TokenSpan) -> str:
    text = span.text.replace("\n", "⏎")
    lead = "·" if text[:1] == " " and text.strip() else ""
    return lead + (escape(text.strip()) or "␣")


def _more(found: Sequence[TokenSpan], t: Words) -> str:
    left = len(found) - SHOWN_TOKENS
    said = escape(t("journey.more", n=whole(left, t.lang)))
    return f'<li class="gb-more">{said}</li>' if left > 0 else ""
