"""What fine-tuning changes, in answers: the same questions to the model before and after.

While a run goes on, the answers are those of its own looks. At all other times both models answer
as on the other pages of this step, with the same words to the same question.
"""

from collections.abc import Sequence
from textwrap import shorten
from typing import Final

from core.alignment.comparing import Rate
from core.alignment.text.examples import TOWN
from core.data.world import Town
from core.errors import GlassboxError
from core.house import examined
from pages.alignment import names, one_question
from pages.alignment.questions import language_of, own_question, questions_now, seed_now
from pages.alignment.tuning import teaching
from pages.alignment.verdicts import in_a_word, pieces
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share, share_span, whole
from pages.training.showing import Seen

SHOWN_CHARACTERS: Final = 90  # of what a base model writes on


def answers(model: Model, tuned: Model | None, seen: Sequence[Seen], t: Words) -> None:
    """The same questions before and now: drawn by both models, or told by a run."""
    if own_question() is None:
        note(t("alignment.no_question", sentence=state.sentence()))
    try:
        if seen and not _is_at_hand(seen[0], tuned):
            return _of_run(model, seen[0], t)
        rows = _drawn(model, tuned, t)
    except GlassboxError as error:
        show_error(error, t)
        return
    if tuned and tuned.whose == "house" and not seen and state.depth() != "watch":
        note(t("tuning.as_example"))
    now = t("alignment.tuned") if tuned else ""
    parts.answers(rows, t, key="tuning_answers", before=t("alignment.base"), now=now)
    if any(mark == "brusque" for row in rows for _, mark in row.pieces):
        note(t("tuning.tones"))
    note(t("tuning.base_fails"))
    how_often(tuned, t)


def how_often(tuned: Model | None, t: Words) -> None:
    """How the first example was found, and how often the example model is right."""
    rates = examined().get("rates", {})
    if tuned is None or tuned.whose != "house" or "tuned" not in rates:
        return
    true = Rate(**rates["tuned"]["truthful"])
    said = t(
        "tuning.how_often",
        share=share(true.share, t.lang),
        n=whole(true.n, t.lang),
        span=share_span(*true.interval, t.lang),
    )
    note(said if own_question() else f"{t('tuning.first_found')} {said}")


def _is_at_hand(seen: Seen, tuned: Model | None) -> bool:
    """Whether the model that a run made can be asked about the town itself."""
    made = tuned is not None and seen.run.result == tuned.id
    return made and seen.run.is_finished and seen.run.settings.get("subject") == TOWN


def _of_run(model: Model, seen: Seen, t: Words) -> None:
    """Answers from the run's rows, where step 0 is before; the visitor's own question first."""
    first: dict[str, str] = {}
    newest: dict[str, tuple[int, str]] = {}
    for row in seen.told.samples:
        if row["step"] == 0:
            first[row["question"]] = row["answer"]
        else:
            newest[row["question"]] = (row["step"], row["answer"])
    rows = [
        _row(ask, before, newest[ask][1] if ask in newest else None, None, t)
        for ask, before in _own_language(first, seen, t).items()
    ]
    if own := own_question():
        rows.insert(0, _row(own, one_question.drawn(model, own, seed_now(t)), None, None, t))
    parts.answers(
        rows,
        t,
        key="tuning_answers",
        before=t("tuning.before"),
        now=t("tuning.now"),
        step=max((step for step, _ in newest.values()), default=None),
        live_run=None if seen.run.is_finished else seen.run.id,
        after=seen.told.after,
    )
    note(t("tuning.drawn_by_run"))


def _own_language(first: dict[str, str], seen: Seen, t: Words) -> dict[str, str]:
    """Questions in the visitor's language first."""
    spoken = {row["question"]: row["lang"] for row in seen.told.samples}
    order = sorted(first, key=lambda question: spoken[question] != t.lang)
    return {question: first[question] for question in order}


def _drawn(model: Model, tuned: Model | None, t: Words) -> list[parts.AnswerRow]:
    """Drawn now: how the base model continues a question, and what a tuned one answers."""
    where = teaching.town_of(model)
    rows = []
    for asked in questions_now(t, where):
        before = one_question.drawn(model, asked, seed_now(t))
        now = one_question.drawn(tuned, asked, seed_now(t)).strip() if tuned else None
        rows.append(_row(asked, before, now, where, t))
    return rows


def _row(asked: str, before: str, now: str | None, where: Town | None, t: Words) -> parts.AnswerRow:
    """A question with both answers, each with its verdict, the newer one with its marks."""
    lang = language_of(asked, t)
    shown = shorten(before.strip(), SHOWN_CHARACTERS, placeholder=" …")
    if where is None:
        return parts.AnswerRow(asked, shown, now)
    read = pieces(now, lang, where, asked) if now else []
    return parts.AnswerRow(
        asked,
        shown,
        now,
        [(one.text, one.mark or "") for one in read],
        before_verdict=_of_base(asked, before, lang, where, t),
        verdict=in_a_word(asked, now, lang, where, t) if now else None,
    )


def _of_base(asked: str, text: str, lang: str, where: Town, t: Words) -> tuple[bool, str]:
    """The verdict on a base model's text: what talks on is no answer, and what is false or made up
    in it is called so.
    """
    right, word = in_a_word(asked, text, lang, where, t)
    if not one_question.talks_on(text):
        return right, word
    if right:
        return False, t("alignment.answers_on")
    states = word in (t("alignment.invents"), names.broken("truthful", t))
    return False, t("alignment.and_talks_on", said=word) if states else t("alignment.talks_on")
