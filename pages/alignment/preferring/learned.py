"""What a reward model has learned: influential words, judged pairs, and a test with names.

Every text in here was written by a model or by the visitor: it is shown as text, never as markup.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.alignment.preferring.reward import Influence, RewardModel, read_reward, word_influence
from core.alignment.preferring.taste import Impression, Scored, Tendency, impression, with_names
from core.data.text.bpe import Encoder
from core.data.world import lexicon
from core.errors import GlassboxError
from core.jobs.short import ShortWork
from core.lineage import Artifact
from core.services import services
from pages.alignment.preferring.reward import on_bench
from pages.alignment.preferring.tally import Slots
from pages.kit import drafts, state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import card, computed_now, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share, significant, whole

POLL_S: Final = 0.4
N_WORDS: Final = 7  # on each side
N_PAIRS: Final = 3  # shown right, and as many wrong
MOST_CHARACTERS: Final = 300
LEAST: Final = 1e-4  # a smaller change of a score counts as none
FAINT: Final = 0.12  # of the strongest word; weaker words get no number


def learned(model: Model, slots: Slots, t: Words) -> None:
    """The cards on a reward model, once one is on the bench."""
    found = on_bench(model, slots)
    if found is None:
        return
    reward, _ = found
    try:
        seen = _impression(reward, model, t)
    except GlassboxError as error:
        show_error(error, t)
        return
    left, right = st.columns(2)
    with left, card("try_text", t("preferring.try_text"), computed_now(t)):
        _try_text(reward, model, seen, t)
    with right, card("words", t("preferring.words"), computed_now(t)):
        if seen is None:
            st.fragment(_wait)(reward.id, t)
        else:
            _tendencies(seen, t)
    if seen is not None:
        with card("judged", t("preferring.judged_pairs"), computed_now(t)):
            _pairs(seen, t)


def _impression(reward: Artifact, model: Model, t: Words) -> Impression | None:
    """The analysis of a reward model; None while another process is computing it.

    Raises:
        GlassboxError: the looking failed, or the choices it learned from are gone.
    """
    kept = st.session_state.setdefault("_impressions", {})
    known = kept.get(reward.id)
    if isinstance(known, Impression):
        return known
    if known is None:
        store, owner = services().store, state.owner()
        chosen = store.artifacts.nearest(owner, reward.id, "preferences")
        kept[reward.id] = services().engine.short(
            impression,
            store.artifacts.read(owner, reward.id),
            model.encoder.to_bytes(),
            store.artifacts.read(owner, chosen.id),
        )
        return None
    if not known.done():
        return None
    try:
        kept[reward.id] = known.result()
    except GlassboxError:
        del kept[reward.id]
        raise
    return kept[reward.id]  # type: ignore[no-any-return]


def _wait(reward_id: str, t: Words) -> None:
    work: ShortWork[Impression] | Impression | None = st.session_state["_impressions"].get(
        reward_id
    )
    if not isinstance(work, ShortWork) or work.done():
        st.rerun(scope="app")
    done = float(work.progress[0]) if work.progress else 0.0
    st.progress(done, text=t("preferring.looking"))
    look_again("impression", POLL_S)


@st.cache_data(max_entries=64, show_spinner=False)
def _weighed(
    reward_id: str, asked: str, said: str, _judge: RewardModel, _encoder: Encoder
) -> tuple[list[Influence], float]:
    """The influence of each word of an answer on its score, and the score."""
    words = word_influence(_judge, _encoder, asked, said)
    return words, _judge.scores(_encoder, [(asked, said)])[0]


def _try_text(reward: Artifact, model: Model, seen: Impression | None, t: Words) -> None:
    """A question and an answer of the visitor's own, scored word by word."""
    pairs = [one for one in seen.pairs if one.preference.lang == t.lang] if seen else []
    best = max(pairs, key=lambda one: one.chosen, default=None)
    question, answer = t("preferring.try_question"), t("preferring.try_answer")
    if best is not None:
        question, answer = best.preference.question, best.preference.chosen
    question = drafts.recall("taste_question", question)
    answer = drafts.recall("taste_answer", answer)
    asked = st.text_input(
        t("preferring.box_question"),
        question,
        max_chars=MOST_CHARACTERS,
        key="taste_question",
    )
    said = st.text_area(
        t("preferring.your_answer"),
        answer,
        max_chars=MOST_CHARACTERS,
        key="taste_answer",
        height=90,
    )
    drafts.keep("taste_question")
    drafts.keep("taste_answer")
    if not said.strip():
        note(t("preferring.try_empty"))
        return
    judge = services().store.artifacts.opened(state.owner(), reward.id, read_reward)
    words, score = _weighed(reward.id, asked, said, judge, model.encoder)
    st.html(f'<p class="gb-marked">{marked(words, t)}</p>')
    if seen is not None and seen.pairs:
        values = {
            "rank": share(seen.rank(score), t.lang),
            "n": whole(len(seen.scores), t.lang),
            "score": signed(score, t),
        }
        note(t("preferring.ranked", **values))
        _names(reward.id, judge, model.encoder, (asked, said), seen, t)
    note(t("preferring.influence"))


def marked(words: Sequence[Influence], t: Words) -> str:
    """A text with its words marked: solid and + raises the score, dashed and − lowers it."""
    top = max((abs(word.change) for word in words), default=0.0) or 1.0
    pieces = []
    for word in words:
        strength = abs(word.change) / top
        kind = "up" if word.change > 0 else "down"
        number = f"<sup>{escape(signed(word.change, t))}</sup>" if strength >= FAINT else ""
        width = 1 + round(4 * strength) if number else 0
        text = word.text.rstrip()
        gap = word.text[len(text) :]
        pieces.append(
            f'<span class="{kind}" style="border-bottom-width:{width}px">{escape(text)}{number}'
            f"</span>{escape(gap)}"
        )
    return "".join(pieces)


def signed(x: float, t: Words) -> str:
    """A score or its change with its sign, to two digits: scores have no unit and no fixed size."""
    text = significant(x if abs(x) >= LEAST else 0.0, t.lang, 2)
    return f"+{text}" if x >= LEAST else text


@st.cache_data(max_entries=64, show_spinner=False)
def _by_name(
    reward_id: str, said: tuple[str, str], child: bool, _judge: RewardModel, _encoder: Encoder
) -> list[tuple[float, str]]:
    """Scores of an answer with each of the names put in, in ascending order."""
    question, answer = said
    told = with_names(answer, [one.name for one in lexicon.people() if one.child == child])
    scores = _judge.scores(_encoder, [(question, text) for _, text in told])
    return sorted(zip(scores, (name for name, _ in told), strict=True))


def _names(
    reward_id: str,
    judge: RewardModel,
    encoder: Encoder,
    said: tuple[str, str],
    seen: Impression,
    t: Words,
) -> None:
    """The same answer with every name put in: a fair judge would make no difference."""
    for child in (True, False):
        ranked = _by_name(reward_id, said, child, judge, encoder)
        if not ranked:
            continue
        (low, worst), (high, best) = ranked[0], ranked[-1]
        values = {
            "worst": worst,
            "low": share(seen.rank(low), t.lang),
            "best": best,
            "high": share(seen.rank(high), t.lang),
            "n": whole(len(ranked), t.lang),
        }
        if values["low"] == values["high"]:
            note(t("preferring.names_same", n=values["n"]))
        else:
            note(t("preferring.names", **values))
        return


def _tendencies(seen: Impression, t: Words) -> None:
    """The words that raise and lower scores most, with names marked."""
    ups = [one for one in seen.tendencies if one.mean > 0][:N_WORDS]
    downs = [one for one in reversed(seen.tendencies) if one.mean < 0][:N_WORDS]
    top = max((abs(one.mean) for one in (*ups, *downs)), default=0.0) or 1.0
    names = {person.name for person in lexicon.people()}
    columns = (
        (t("preferring.raises"), "up", ups),
        (t("preferring.lowers"), "down", downs),
    )
    html = "".join(
        f"<section><h3>{escape(title)}</h3>"
        + "".join(_bar(one, kind, top, names, t) for one in found)
        + "</section>"
        for title, kind, found in columns
    )
    st.html(f'<div class="gb-tendencies">{html}</div>')
    accidents = [one for one in (*ups, *downs) if _is_name(one.word, names)]
    if accidents:
        worst = max(accidents, key=lambda one: abs(one.mean))
        values = {"word": worst.word, "change": signed(worst.mean, t), "n": worst.n}
        note(t("preferring.accident", **values))
    note(t("preferring.tendencies"))


def _is_name(word: str, names: set[str]) -> bool:
    return word in names or (word.endswith("s") and word[:-1].rstrip("’'") in names)


def _bar(one: Tendency, kind: str, top: float, names: set[str], t: Words) -> str:
    mark = f" <i>{escape(t('preferring.name'))}</i>" if _is_name(one.word, names) else ""
    width = 100 * abs(one.mean) / top
    times = t("preferring.times", n=whole(one.n, t.lang))
    return (
        f'<p><b>{escape(one.word)}</b>{mark}<span class="n">{escape(signed(one.mean, t))} · '
        f'{escape(times)}</span><span class="bar {kind}"><span style="width:{width:.0f}%"></span>'
        f"</span></p>"
    )


def _pairs(seen: Impression, t: Words) -> None:
    """The pairs with the largest margins, right and wrong."""
    by_margin = sorted(seen.pairs, key=lambda one: abs(one.chosen - one.rejected), reverse=True)
    right = [one for one in by_margin if one.right][:N_PAIRS]
    wrong = [one for one in by_margin if not one.right][:N_PAIRS]
    n_right = sum(one.right for one in seen.pairs)
    note(t("preferring.on_known", k=whole(n_right, t.lang), n=whole(len(seen.pairs), t.lang)))
    rows = "".join(_row(one, t) for one in (*right, *wrong))
    st.html(
        f'<table class="gb-scored"><thead><tr><th>{escape(t("preferring.chosen"))}</th>'
        f"<th>{escape(t('preferring.rejected'))}</th><th>{escape(t('preferring.says'))}</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _row(one: Scored, t: Words) -> str:
    verdict = t("preferring.says_same") if one.right else t("preferring.says_other")
    kind = "same" if one.right else "other"
    cells = "".join(
        f"<td><small>{signed(score, t)}</small> {escape(text or t('preferring.blank'))}</td>"
        for score, text in (
            (one.chosen, one.preference.chosen),
            (one.rejected, one.preference.rejected),
        )
    )
    return f'<tr>{cells}<td class="{kind}">{escape(verdict)}</td></tr>'
