"""One language with few of the texts; and what the same sentence costs in many languages."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import streamlit as st

from core.data.text.bpe import Encoder
from core.data.text.encoding import TextEncoder
from core.house import house_artifacts
from core.house.limits.dominance import PART, Dominance, dominance
from core.languages import LANGS
from core.limits.bias.dominance import GERMAN_SHARES, N_DOCUMENTS, InLanguage
from core.limits.bias.price import SENTENCES, Price, premium, price_of, smollm2_encoder
from core.once import once
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, card, computed_now, note, predict
from pages.kit.numbers import decimal, duration, quantity, share, whole
from pages.limits.bias.showing import language
from pages.limits.shown import measured_then, table, with_span

RARE: Final = min(GERMAN_SHARES)
EVEN: Final = 0.5
ALIKE: Final = 0.8  # of the sentences that the even mixture gets right: nearly as many
FEW: Final = 0.33  # at most so many: far fewer
EXAMPLE: Final = "example"
SMOLLM2: Final = "SmolLM2"


def dominance_card(t: Words) -> None:
    """Under “watch” the table; else a guess first."""
    found = dominance()
    if found is None:
        return

    def show() -> None:
        st.html(tabulated(found, t))
        note(
            t(
                "bias.dominance_about",
                seeds=whole(found.n_seeds, t.lang),
                n=whole(N_DOCUMENTS, t.lang),
                time=duration(found.seconds, t.lang),
            )
        )

    if state.depth() == "watch":
        with card("bias_dominance", t("bias.dominance"), measured_then(t, PART)):
            show()
        return
    rare, even = found.of("de", RARE), found.of("de", EVEN)

    def measured() -> Measured:
        """What was measured on the shipped models."""
        text = t(
            "bias.dominance_measured",
            rare=grammar(rare, t),
            even=grammar(even, t),
            other=grammar(found.of("en", 1.0 - RARE), t),
        )
        return Measured(outcome_of(rare, even), text, show)

    predict(
        "bias_dominance",
        t,
        question=t("bias.guess_dominance", share=share(RARE, t.lang)),
        options={
            "alike": t("bias.dominance_alike"),
            "less": t("bias.dominance_less"),
            "few": t("bias.dominance_few"),
        },
        measure=measured,
    )


def outcome_of(rare: Sequence[InLanguage], even: Sequence[InLanguage]) -> str:
    """How many sentences are grammatical, measured by the even mixture."""
    ratio = _grammatical(rare) / max(1e-9, _grammatical(even))
    return "alike" if ratio >= ALIKE else "few" if ratio <= FEW else "less"


def _grammatical(some: Sequence[InLanguage]) -> float:
    return sum(one.n_grammatical for one in some) / max(1, sum(one.n_sentences for one in some))


def grammar(some: Sequence[InLanguage], t: Words) -> str:
    """Sentences accepted by the grammar, of all models together."""
    n = sum(one.n_sentences for one in some)
    return with_span(sum(one.n_grammatical for one in some), n, t)


def tabulated(found: Dominance, t: Words) -> str:
    """Every language and share: grammar, truth, surprise, tokens per word."""
    rows = []
    for lang in LANGS:
        for part in sorted({one.share for one in found.can if one.lang == lang}):
            some = found.of(lang, part)
            n = len(some)
            rows.append(
                (
                    t("bias.mixture", lang=language(lang, t), share=share(part, t.lang)),
                    grammar(some, t),
                    with_span(
                        sum(one.n_true for one in some), sum(one.n_checkable for one in some), t
                    ),
                    whole(sum(one.n_checkable for one in some), t.lang),
                    decimal(sum(one.bits_per_byte for one in some) / n, t.lang),
                    decimal(sum(one.tokens_per_word for one in some) / n, t.lang),
                )
            )
    heads = (
        t("bias.texts_in"),
        t("bias.grammatical"),
        t("bias.true"),
        t("bias.checkable"),
        t("bias.bits"),
        t("bias.fertility"),
    )
    return table(heads, rows, t("bias.dominance"))


@once(1)
def _example_encoder() -> Encoder:
    chain = {artifact.kind: artifact for artifact in house_artifacts()}
    return Encoder.from_bytes(chain["encoder"].read())


def encoders() -> dict[str, TextEncoder]:
    """The encoders that are here: the example's own, and SmolLM2's if its package is installed."""
    found: dict[str, TextEncoder] = {EXAMPLE: _example_encoder()}
    published = smollm2_encoder()
    return {**found, SMOLLM2: published} if published is not None else found


def price_card(t: Words) -> None:
    """One sentence in many languages, and a sentence of the visitor's own."""
    here = encoders()
    with card("bias_price", t("bias.price"), computed_now(t)):
        note(t("bias.price_about", n=whole(len(SENTENCES), t.lang)))
        own = controls.text("bias_sentence", t("bias.own_sentence"), placeholder=t("bias.own_any"))
        prices = {lang: price_of(text, here) for lang, text in SENTENCES.items()}
        main = SMOLLM2 if SMOLLM2 in here else EXAMPLE
        mine = price_of(own, here) if own.strip() else None
        st.html(priced(prices, main, mine, own, t))
        note(t("bias.price_read") if SMOLLM2 in here else t("bias.price_missing"))


def language_name(lang: str, t: Words) -> str:
    """The languages of the sentence, in the visitor's."""
    return {
        "en": t("bias.english"),
        "de": t("bias.german"),
        "fr": t("bias.french"),
        "es": t("bias.spanish"),
        "sw": t("bias.swahili"),
        "pl": t("bias.polish"),
        "tr": t("bias.turkish"),
        "vi": t("bias.vietnamese"),
        "ru": t("bias.russian"),
        "el": t("bias.greek"),
        "ar": t("bias.arabic"),
        "hi": t("bias.hindi"),
        "zh": t("bias.chinese"),
        "ja": t("bias.japanese"),
    }[lang]


def priced(prices: Mapping[str, Price], main: str, mine: Price | None, own: str, t: Words) -> str:
    """A bar for every language, as long as its sentence has tokens; the visitor's own first."""
    top = max(price.n_tokens[main] for price in prices.values())
    dearer = premium(prices, main)
    rows = []
    if mine is not None:
        top = max(top, mine.n_tokens[main])
        rows.append(_bar(t("bias.yours"), "", own, mine, main, top, "", t))
    for lang, price in sorted(prices.items(), key=lambda item: item[1].n_tokens[main]):
        factor = quantity(decimal(dearer[lang], t.lang, 1), "×")
        name = language_name(lang, t)
        rows.append(_bar(name, lang, SENTENCES[lang], price, main, top, factor, t))
    others = [name for name in prices["en"].n_tokens if name != main]
    heads = [t("bias.language"), t("bias.tokens_with", name=_encoder_name(main, t))]
    heads += [t("bias.against_english"), t("bias.bytes")]
    heads += [t("bias.tokens_with", name=_encoder_name(name, t)) for name in others]
    head = "".join(f"<th scope='col'>{escape(each)}</th>" for each in heads)
    return (
        f"<div class='gb-lanes gb-price' role='region' tabindex='0' "
        f"aria-label='{escape(t('bias.price'))}'><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _encoder_name(name: str, t: Words) -> str:
    return t("bias.example_encoder") if name == EXAMPLE else name


def _bar(
    name: str, lang: str, text: str, price: Price, main: str, top: int, factor: str, t: Words
) -> str:
    """One row: the sentence below the language's name, and its tokens as a bar."""
    n = price.n_tokens[main]
    spoken = f" lang='{lang}'" if lang else ""
    others = [price.n_tokens[other] for other in price.n_tokens if other != main]
    cells = [factor, whole(price.n_bytes, t.lang), *(whole(other, t.lang) for other in others)]
    rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return (
        f"<tr><th scope='row'>{escape(name)}<span dir='auto'{spoken}>{escape(text)}</span></th>"
        f"<td><i style='--of-longest:{n / max(1, top):.3f}'></i><b>{whole(n, t.lang)}</b></td>"
        f"{rest}</tr>"
    )
