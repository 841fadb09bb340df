"""Two experiments of step 5, each measured the moment somebody asks to see."""

from dataclasses import replace
from html import escape
from typing import Final

import streamlit as st

from core.alignment.text.chat import is_chat
from core.data.text.documents import Corpus
from core.data.world import Town, town
from core.inference.sampling import SamplingSettings
from core.limits import facts
from core.services import services
from pages.inference.writing import Text, watched, write_all
from pages.kit import state
from pages.kit.catalogue import Joined, Words
from pages.kit.frame import Measured
from pages.kit.models import Model
from pages.kit.numbers import decimal, share, whole

WARM: Final = 0.8  # the temperature of what is meant to vary
N_TOKENS: Final = 40  # of every text that is compared
N_QUESTIONS: Final = 6  # of each sort
N_ANSWERS: Final = 20  # to each question
ANSWER_TOKENS: Final = 28
UNSURE: Final = 0.5  # agreeing with itself less than half as often counts as unsure

SAME_OUTCOMES: Final[dict[tuple[bool, ...], str]] = {
    (False, False, False): "none",
    (False, False, True): "seed",
    (False, True, True): "chance",
}
"""Whether the texts differ at temperature 0, with one seed, with two seeds -> what that means."""


def same_again(model: Model, prompt: str, t: Words) -> Measured:
    """Three pairs of texts: temperature 0, one seed twice, two seeds. Which of them differ?"""
    seed = state.seed()
    warm = SamplingSettings(temperature=WARM, seed=seed, max_tokens=N_TOKENS)
    other = replace(warm, seed=seed + 1)
    cold, cold_other = replace(warm, temperature=0.0), replace(other, temperature=0.0)
    wanted = [(prompt, each) for each in (cold, cold_other, warm, warm, warm, other)]
    with watched(t, "same") as progress:
        texts = write_all(model, wanted, progress)
    pairs = list(zip(texts[::2], texts[1::2], strict=True))
    apart = tuple(one.tokens != two.tokens for one, two in pairs)
    outcome = SAME_OUTCOMES.get(apart, "all")
    names = (
        t("inference.pair_cold", a=seed, b=seed + 1),
        t("inference.pair_same", temperature=decimal(WARM, t.lang, 1), a=seed),
        t("inference.pair_other", temperature=decimal(WARM, t.lang, 1), a=seed, b=seed + 1),
    )
    verdicts = [_verdict(one, two, t) for one, two in pairs]

    def show() -> None:
        rows = "".join(
            _pair(model, prompt, name, verdict, *pair)
            for name, verdict, pair in zip(names, verdicts, pairs, strict=True)
        )
        st.html(f"<div class='gb-pairs'>{rows}</div>")

    said = t(
        "inference.same_measured",
        n=N_TOKENS,
        cold=names[0],
        cold_is=verdicts[0],
        same=names[1],
        same_is=verdicts[1],
        other=names[2],
        other_is=verdicts[2],
    )
    return Measured(outcome, said, show)


def _verdict(one: Text, two: Text, t: Words) -> str:
    """Whether two texts are the same, and where they part."""
    if one.tokens == two.tokens:
        return t("inference.pair_equal", n=len(one.tokens))
    return t("inference.pair_apart", n=shared(one.tokens, two.tokens) + 1)


def _pair(model: Model, prompt: str, name: str, verdict: str, one: Text, two: Text) -> str:
    """Two texts one below the other, what they share in a quieter voice."""
    n = shared(one.tokens, two.tokens)
    begun = f"{prompt} → " if is_chat(model.kind) else prompt
    lines = "".join(
        f"<p><span>{escape(begun + model.encoder.decode(list(text.tokens[:n])))}</span>"
        f"{escape(Text(text.tokens[n:], ()).read(model.encoder))}</p>"
        for text in (one, two)
    )
    return f"<h3>{escape(name)} <b>{escape(verdict)}</b></h3>{lines}"


def shared(one: tuple[int, ...], two: tuple[int, ...]) -> int:
    """How many tokens two texts have in common before they part."""
    n = 0
    while n < min(len(one), len(two)) and one[n] == two[n]:
        n += 1
    return n


def never_told(model: Model, t: Words) -> Measured:
    """Ask what the town told, and what it never told; hold confidence against truth."""
    lang = language_of(model, t)
    facts_of_town = town(model.world)  # type: ignore[arg-type]  # asked only of such models
    told, untold = questions_of(model, lang, facts_of_town)
    wanted = [
        (asked(model, question, lang), SamplingSettings(seed=seed, max_tokens=ANSWER_TOKENS))
        for question in (*told, *untold)
        for seed in range(N_ANSWERS)
    ]
    with watched(t, "told") as progress:
        texts = [text.read(model.encoder) for text in write_all(model, wanted, progress)]
    results = [
        facts.judged(
            question,
            texts[i * N_ANSWERS :][:N_ANSWERS],
            facts_of_town,
            lang,
            ends=is_chat(model.kind),
        )
        for i, question in enumerate((*told, *untold))
    ]
    known, unknown = results[: len(told)], results[len(told) :]

    def show() -> None:
        groups = _group(t("inference.told"), known, t) + _group(t("inference.untold"), unknown, t)
        st.html(f"<div class='gb-answers'>{groups}</div>")

    silent = sum(each.n - each.n_claims for each in unknown)
    text: str = t(
        "inference.told_measured",
        known=share(confidence(known), t.lang),
        known_true=share(true_share(known), t.lang),
        unknown=share(confidence(unknown), t.lang),
        unknown_true=share(true_share(unknown), t.lang),
        silent=whole(silent, t.lang),
        n=whole(sum(each.n for each in unknown), t.lang),
    )
    if unsure := sum(each.n_unsure for each in unknown):
        text = Joined((text, t("inference.told_admitted", n=whole(unsure, t.lang))))
    return Measured(outcome_of(known, unknown), text, show)


def asked(model: Model, question: facts.Question, lang: str) -> str:
    """A question for a model that answers, or a text that makes a base model answer it."""
    return question.text if is_chat(model.kind) else facts.prompt_of(question, lang)


def language_of(model: Model, t: Words) -> str:
    """The visitor's language, if the model has read any of it."""
    german = model.world.german_share if model.world else 0.5
    return {0.0: "en", 1.0: "de"}.get(german, t.lang)


def questions_of(
    model: Model, lang: str, facts_of_town: Town
) -> tuple[list[facts.Question], list[facts.Question]]:
    """Questions about what the model's texts told, and about what they never told."""
    return _counted(model.corpus.id if model.corpus else "", lang, state.owner(), facts_of_town)


@st.cache_data(max_entries=16, show_spinner=False)
def _counted(
    corpus_id: str, lang: str, _owner: str, _town: Town
) -> tuple[list[facts.Question], list[facts.Question]]:
    corpus = Corpus.from_bytes(services().store.artifacts.read(_owner, corpus_id))
    return facts.questions(_town, corpus, lang, N_QUESTIONS, seed=1)


def confidence(results: list[facts.Answers]) -> float:
    """How often an answer agrees with the favourite one, on average."""
    return sum(each.confidence for each in results) / len(results) if results else 0.0


def true_share(results: list[facts.Answers]) -> float:
    """The share of all answers that are true."""
    n = sum(each.n for each in results)
    return sum(each.n_true for each in results) / n if n else 0.0


def outcome_of(known: list[facts.Answers], unknown: list[facts.Answers]) -> str:
    """Which of the four expectations the answers to what was never told fulfil."""
    n = sum(each.n for each in unknown)
    if sum(each.n_claims for each in unknown) < n / 2:
        return "silent"
    if true_share(unknown) > 0.5:
        return "right"
    return "sure" if confidence(unknown) >= UNSURE * confidence(known) else "unsure"


def _group(title: str, results: list[facts.Answers], t: Words) -> str:
    """One sort of questions: how sure, how true, and every question with its favourite answer."""
    sure, true = share(confidence(results), t.lang), share(true_share(results), t.lang)
    head = t("inference.group_numbers", sure=sure, true=true)
    rows = "".join(_row(each, t) for each in results)
    return f"<section><h3>{escape(title)} <b>{escape(head)}</b></h3>{rows}</section>"


def _row(one: facts.Answers, t: Words) -> str:
    question = one.question
    n_told = t("inference.n_told", n=whole(question.n_told, t.lang)) if question.n_told else ""
    if not one.n_claims:
        kind, verdict = "none", t("inference.no_claim")
    elif one.favourite_true:
        kind, verdict = "true", t("inference.is_true")
    elif question.n_told:
        kind, verdict = "false", t("inference.is_wrong", truth=question.truth)
    elif question.truth:
        kind, verdict = "false", t("inference.is_false", truth=question.truth)
    else:
        kind, verdict = "false", t("inference.no_truth")
    if one.n_claims:
        verdict = f"{t('inference.agree', n=one.n_favourite, of=one.n)} · {verdict}"
    return (
        f"<div class='{kind}'><p class='q'>{escape(question.text)} <i>{escape(n_told)}</i></p>"
        f"<p class='a'>{escape(one.favourite)}</p>"
        f"<p class='bar'><span style='width:{100 * one.confidence:.0f}%'></span></p>"
        f"<p class='v'>{escape(verdict)}</p></div>"
    )
