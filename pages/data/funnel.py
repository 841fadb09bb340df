"""The stage of step 1: what came in, what was repaired or removed and why, and the rest in tokens.

It shows either what was really prepared, with all its numbers, or a preview of what is still to be
prepared: shares measured on its beginning. The page says which.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from typing import Final, Literal, TypeVar

import streamlit as st

from core.data.text.bpe import FIRST_MERGE, Encoder, train_bpe
from core.data.text.cleaning import Cleaned, CleaningSettings, clean
from core.data.text.documents import Document
from core.data.text.fertility import fertility
from core.data.text.graphemes import token_spans
from core.data.world import WorldSettings
from core.house import made
from core.jobs.preparing import examples_of
from core.lineage import Artifact, Number
from core.modality import TEXT
from core.once import once
from core.services import services
from core.store import HOUSE
from pages.data.arriving import first_told
from pages.data.settings import CLEANING_RULES
from pages.home.shipped import day
from pages.kit import controls, state
from pages.kit.catalogue import Words, rich
from pages.kit.components import token_strip
from pages.kit.frame import Badge, Figure, computed_now, figures, note, precomputed
from pages.kit.numbers import decimal, share, whole

MOST_TOKENS: Final = int(state.SETTINGS["vocabulary"].high)
SHOWN_CHARACTERS: Final = 240  # of a document in tokens
SHOWN_DOCUMENTS: Final = 200  # to leaf through
ARRIVED: Final = "gb-arrived"
EXAMPLE_CHARACTERS: Final = 46  # of an example, so that it stays on one line

REMOVING: Final = ("short", "duplicates")  # the rules that take whole documents out
STAGES: Final = {  # of cleaning, with their rules, in the order in which they are applied
    "cleaning": ("encoding", "html", "invisible"),
    "standardisation": ("unicode", "white_space"),
    "deduplication": ("short", "duplicates"),
}

T = TypeVar("T")
Examples = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class View:
    """What the stage shows.

    Args:
        whose: "sample" for the beginning of what is still to be prepared.
        n_arrived, n_kept: documents.
        counts: documents by rule and reason.
        examples: rule or reason to [before, after] or [removed text].
        documents: some that were kept.
        encoder: learned from them, or from the whole text.
        tokens_per_word: by language.
        bytes_per_token: over all languages.
        made_on: the day on which it was prepared, empty for what is computed now.
    """

    whose: Literal["sample", "yours", "house"]
    n_arrived: int
    n_kept: int
    counts: Mapping[str, float]
    examples: Examples
    documents: tuple[Document, ...]
    encoder: Encoder
    tokens_per_word: Mapping[str, float]
    bytes_per_token: float
    made_on: str = ""


# What there is to show


@once(32)
def cleaned(documents: tuple[Document, ...], settings: CleaningSettings) -> Cleaned:
    """A sample, cleaned."""
    return clean(documents, settings)


@once(32)
def learned(documents: tuple[Document, ...]) -> Encoder:
    """The largest encoder that a sample can teach. Smaller ones are its first merges."""
    return train_bpe([document.text for document in documents], MOST_TOKENS)


@once(64)
def first_merges(documents: tuple[Document, ...], n_vocab: int) -> Encoder:
    """An encoder of `n_vocab` tokens: learning goes merge by merge, so it stops earlier."""
    return Encoder(learned(documents).merges[: n_vocab - FIRST_MERGE])


@once(32)
def of_sample(documents: tuple[Document, ...], settings: CleaningSettings, n_vocab: int) -> View:
    """What the rules and the encoder make of a sample, computed now."""
    report = cleaned(documents, settings)
    encoder = first_merges(report.kept, n_vocab)
    measured = fertility(encoder, report.kept)
    n_bytes, n_tokens = (
        sum(each.n_bytes for each in measured.values()),
        sum(each.n_tokens for each in measured.values()),
    )
    return View(
        "sample",
        report.counts.n_documents,
        report.counts.n_kept,
        by_switch(report.counts.repaired | report.counts.removed),
        by_switch(examples_of(report)),
        report.kept[:SHOWN_DOCUMENTS],
        encoder,
        {lang: each.tokens_per_word for lang, each in measured.items() if each.n_words},
        n_bytes / n_tokens if n_tokens else 0.0,
    )


@once(32)
def of_stored(owner: str, corpus: str, encoder: str, whose: Literal["yours", "house"]) -> View:
    """What was prepared, with the numbers of all of it; `corpus` and `encoder` are ids."""
    store = services().store
    artifact = store.artifacts.get(owner, corpus, "corpus")
    numbers = artifact.numbers
    lines = store.artifacts.read(owner, corpus).split(b"\n", SHOWN_DOCUMENTS)[:SHOWN_DOCUMENTS]
    return View(
        whose,
        int(numbers["n_documents"]),
        int(numbers["n_kept"]),
        by_switch({**numbers_after("repaired_", numbers), **numbers_after("removed_", numbers)}),
        by_switch(examples_in(artifact)),
        tuple(Document(**json.loads(line)) for line in lines if line),
        Encoder.from_bytes(store.artifacts.read(owner, encoder)),
        numbers_after("tokens_per_word_", numbers),
        float(numbers.get("bytes_per_token", 0.0)),
        artifact.created_at[:10],
    )


def examples_in(corpus: Artifact) -> Examples:
    """The examples kept with a corpus; else those found in the town's first documents."""
    if "examples" in corpus.numbers:
        kept: Examples = json.loads(str(corpus.numbers["examples"]))
        return kept
    world, rules = corpus.settings.get("world"), corpus.settings.get("cleaning")
    if not (world and rules):
        return {}
    return examples_of(cleaned(first_told(WorldSettings(**world)), CleaningSettings(**rules)))


def numbers_after(beginning: str, numbers: Mapping[str, Number]) -> dict[str, float]:
    """The numbers whose names begin so, by the rest of their names."""
    return {
        name.removeprefix(beginning): float(value)
        for name, value in numbers.items()
        if name.startswith(beginning)
    }


def by_switch(by_reason: Mapping[str, T]) -> dict[str, T]:
    """Reasons under the names of the switches that rule them."""
    return {"duplicates" if name == "duplicate" else name: each for name, each in by_reason.items()}


# In the middle: the funnel


def badge(t: Words, view: View) -> Badge:
    """The badge of what was prepared, by whom and when."""
    if view.whose == "house":
        return precomputed(t, made()["command"], day(made()["date"], t.lang))
    return precomputed(t, t("data.by_you"), day(view.made_on, t.lang))


def about(t: Words, view: View, n_documents: int) -> None:
    """How the figures came to be; of a preview, how much of the `n_documents` it has looked at."""
    if view.whose == "sample":
        n = whole(view.n_arrived, t.lang)
        part = view.n_arrived < n_documents
        said = t("data.sample", n=n) if part else t("data.all_of_it")
        now = computed_now(t, f"{computed_now(t).text} · {said}")
        st.html(now.html, width="content")
    else:
        st.html(badge(t, view).html, width="content")


def still_the_examples(t: Words) -> None:
    """Whose texts are counted at the top of the page while one's own are only a preview."""
    slot = services().store.benches.view(state.owner(), TEXT)["a"].get("corpus")
    if slot is not None and slot.whose == "house":
        n = whole(float(slot.artifact.numbers["n_kept"]), t.lang)
        note(t("data.still_the_examples", n=n))


def summary(t: Words, view: View) -> None:
    """The funnel in short: one line for each stage of cleaning, with its number and an example."""
    st.html(_bar(t("data.arrived"), t("data.texts", n=whole(view.n_arrived, t.lang)), 1.0, ARRIVED))
    known, names = rule_words(t), stage_words(t)
    lines = ""
    for name, rules_of_it in STAGES.items():
        acting = [rule for rule in rules_of_it if view.counts.get(rule)]
        effects = "".join(
            f"<span>{escape(known[rule][0])}:</span> {_effect(t, rule, view, None)}"
            for rule in acting
        )
        effects = effects or f'<p class="gb-soft">{escape(t("data.nothing_to_do"))}</p>'
        head = f'<h3 class="gb-stage-name">{rich(names[name])}</h3>'
        lines += f'<div class="gb-line">{head}<div>{effects}</div></div>'
    st.html(f'<div class="gb-lines">{lines}</div>')
    kept = t("data.texts", n=whole(view.n_kept, t.lang))
    share_kept = view.n_kept / view.n_arrived if view.n_arrived else 0.0
    st.html(_bar(t("data.kept"), kept, share_kept, "gb-kept"))


def funnel(t: Words, view: View, n_documents: int, switches: bool, n_copies: int = 0) -> None:
    """Arrived, mended, removed, kept: one line each, with the rule's switch in front of it.

    Args:
        n_documents: how many texts come in; more than a preview has looked at.
        switches: whether the rules can be switched.
        n_copies: how many of the texts that come in are added duplicates, where that is known.
    """
    explain = state.depth() == "dig"
    is_part = view.whose == "sample" and view.n_arrived < n_documents
    n_arrived = n_documents if is_part else view.n_arrived
    share_kept = view.n_kept / view.n_arrived if view.n_arrived else 0.0
    n_kept = whole(share_kept * n_arrived, t.lang)
    coming = (
        t(
            "data.arrived_with_copies",
            n=whole(n_arrived - n_copies, t.lang),
            copies=whole(n_copies, t.lang),
        )
        if n_copies
        else t("data.arrived")
    )
    st.html(_bar(coming, t("data.texts", n=whole(n_arrived, t.lang)), 1.0, ARRIVED))
    known, names = rule_words(t), stage_words(t)
    with st.container(key="gb_rules", gap=None):
        for name, rules_of_it in STAGES.items():
            st.html(f'<h3 class="gb-stage-name">{rich(names[name])}</h3>')
            for rule in rules_of_it:
                title, about = known[rule]
                with st.container(
                    key=f"gb_rule_{rule}", horizontal=True, vertical_alignment="top", gap="small"
                ):
                    if switches:
                        controls.toggle(f"clean_{rule}", title, help=about if explain else None)
                    else:
                        st.html(f"<span>{escape(title)}</span>", width="content")
                    st.html(_effect(t, rule, view, n_documents if is_part else None))
    kept = t("data.about_texts", n=n_kept) if is_part else t("data.texts", n=n_kept)
    st.html(_bar(t("data.kept"), kept, share_kept, "gb-kept"))


def stage_words(t: Words) -> dict[str, str]:
    """The field's names for the stages of cleaning."""
    return {
        "cleaning": t("data.cleaning"),
        "standardisation": t("data.standardisation"),
        "deduplication": t("data.deduplication"),
    }


def rules() -> CleaningSettings:
    """The cleaning rules as their switches stand."""
    return CleaningSettings(**{r: state.value(f"clean_{r}") for r in CLEANING_RULES})


def rule_words(t: Words) -> dict[str, tuple[str, str]]:
    """Each rule's name and what it does."""
    return {
        "encoding": (t("data.rule_encoding"), t("data.rule_encoding_help")),
        "html": (t("data.rule_html"), t("data.rule_html_help")),
        "invisible": (t("data.rule_invisible"), t("data.rule_invisible_help")),
        "unicode": (t("data.rule_unicode"), t("data.rule_unicode_help")),
        "white_space": (t("data.rule_white_space"), t("data.rule_white_space_help")),
        "short": (t("data.rule_short"), t("data.rule_short_help")),
        "duplicates": (t("data.rule_duplicates"), t("data.rule_duplicates_help")),
    }


def _effect(t: Words, rule: str, view: View, projected_to: int | None) -> str:
    """To how many documents a rule did something, as a bar, a number and an example.

    Args:
        projected_to: of a preview, how many documents there are in all; None if all were counted.
    """
    n, examples = view.counts.get(rule, 0), view.examples.get(rule, [])
    part = n / view.n_arrived if view.n_arrived else 0.0
    if not n:
        said: str = t("data.nothing_to_do")
    elif rule in REMOVING:
        said = (
            t("data.removed", n=whole(n, t.lang))
            if projected_to is None
            else t("data.about_removed", n=whole(part * projected_to, t.lang))
        )
    else:
        count = whole(n, t.lang) if projected_to is None else share(part, t.lang)
        said = t("data.mended", n=count)
    kind = "gb-gone" if rule in REMOVING else "gb-mended"
    return (
        f'<div class="gb-rule {kind}{"" if n else " gb-none"}">'
        f'<i style="width:{100 * part:.2f}%"></i><b>{escape(said)}</b>'
        f"{_example(examples[0]) if examples and n else ''}</div>"
    )


def _bar(name: str, number: str, share: float, kind: str) -> str:
    return (
        f'<div class="gb-flow {kind}"><i style="width:{100 * share:.2f}%"></i>'
        f"<span>{escape(name)}</span><b>{escape(number)}</b></div>"
    )


def _example(example: Sequence[str]) -> str:
    """Before and after with the changes marked, or the beginning of what was removed."""
    if len(example) == 1:
        return f"<p><del>{escape(_visible(example[0][: EXAMPLE_CHARACTERS + 20]))}</del></p>"
    before, after = (_visible(text) for text in example)
    start = _first_difference(before, after)
    before, after = (
        before[start : start + EXAMPLE_CHARACTERS],
        after[start : start + EXAMPLE_CHARACTERS],
    )
    marked = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            marked.append(escape(before[a:b]))
            continue
        marked.append(f"<del>{escape(before[a:b])}</del>" if b > a else "")
        marked.append(f"<ins>{escape(after[c:d])}</ins>" if d > c else "")
    return f"<p>{''.join(marked)}</p>"


def _first_difference(before: str, after: str) -> int:
    """Where an example begins: a few characters before the first change."""
    same = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    return max(0, same - 8)


def _visible(text: str) -> str:
    return text.replace("\n", "↵").replace("\t", "⇥").replace("\u00a0", "⍽").replace("  ", "␣␣")


# Right: the tokens


def sentence_tokens(t: Words, view: View, full: Encoder | None = None) -> None:
    """The travelling sentence as an encoder cuts it, each token with its number, and whose it is.

    Args:
        full: the example model's whole encoder, where `view` has a part of it.
    """
    sentence = state.sentence()
    ids = view.encoder.encode(sentence)
    n = {"words": whole(max(1, len(sentence.split())), t.lang), "n": whole(len(ids), t.lang)}
    if full is not None and view.encoder.n_vocab < full.n_vocab:
        smaller = whole(view.encoder.n_vocab, t.lang)
        said = t("data.sentence_smaller", **n, size=smaller, full=whole(full.n_vocab, t.lang))
    elif view.whose == "house":
        said = t("data.sentence_example", **n)
    else:
        said = t("data.sentence_yours", **n)
    st.html(f'<p class="gb-said">{rich(said)}</p>')
    token_strip(
        token_spans(view.encoder, ids), t, key="data_sentence", group="sentence", numbered=True
    )
    if view.whose != "house" and (theirs := examples_encoder()) is not None:
        note(t("data.sentence_other", n=whole(len(theirs.encode(sentence)), t.lang)))


def examples_encoder() -> Encoder | None:
    """The example model's encoder, with which the other pages begin."""
    id_ = services().store.benches.of(HOUSE, TEXT).lanes["a"].get("encoder")
    return _encoder(id_) if id_ else None


@once(4)
def _encoder(id_: str) -> Encoder:
    return Encoder.from_bytes(services().store.artifacts.read(HOUSE, id_))


def tokens(t: Words, view: View) -> None:
    """A kept text in tokens, and how well the encoder fits each language."""
    n = len(view.documents)
    if not n:
        st.html(f'<p class="gb-soft">{escape(t("data.nothing_kept"))}</p>')
        return
    text = view.documents[st.session_state.get("_data_at", 0) % n].text
    shown = text if len(text) <= SHOWN_CHARACTERS else _to_a_word(text[:SHOWN_CHARACTERS])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="gb-soft">{escape(t("data.text_of"))}</span>', width="content")
        st.button(t("data.another"), key="data_another", on_click=_leaf)
    spans = token_spans(view.encoder, view.encoder.encode(shown))
    token_strip(
        spans,
        t,
        key="data_tokens",
        group="document",
        small=True,
        label=t("data.tokens_of"),
        hint=False,  # the sentence above has said it
    )
    names = {
        "de": t("data.tokens_per_word_de"),
        "en": t("data.tokens_per_word_en"),
        "und": t("data.tokens_per_word_und"),
    }
    row = [
        Figure(decimal(per_word, t.lang, 2), names[lang])
        for lang, per_word in view.tokens_per_word.items()
    ]
    if state.depth() == "dig":
        row.append(Figure(decimal(view.bytes_per_token, t.lang, 2), t("data.bytes_per_token")))
    figures(t, row)


def _to_a_word(text: str) -> str:
    """A beginning without the word it breaks off in, unless that is all there is."""
    return text.rpartition(" ")[0] or text


def _leaf() -> None:
    st.session_state["_data_at"] = st.session_state.get("_data_at", 0) + 1
