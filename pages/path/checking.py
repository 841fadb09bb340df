"""The two questions of a unit: asked, marked, and answered by the measurement behind them.

Invariant: the measurement is told after the right answer, or after the second wrong one.
"""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.learning.marking import estimated, shuffled
from core.learning.progress import Answered
from pages.kit import site
from pages.kit.catalogue import Text, Words, rich
from pages.kit.numbers import whole
from pages.kit.parts import Badge
from pages.path import going, kept
from pages.path.questions import Check, Choice, Estimate, Order
from pages.path.unit import Unit

TOLD_AFTER = 2  # wrong answers
LONG = 40  # characters of an option that a closed field would cut off

Answer = float | str | tuple[str, ...] | None


def draw(one: Unit, check: Check, n: int, badge: Badge | None, t: Words) -> None:
    """One question, its controls, and what became of the last answer.

    Args:
        one: the unit.
        check: what is asked.
        n: its number in the unit, from 1.
        badge: how the measurement behind it came to be.
    """
    known = kept.progress().of(one.name).checks.get(check.key, Answered())
    key = f"{one.name}_{check.key}"
    with st.container(key=f"gb_check_{key}"):
        head = f"<b>{escape(t('path.check'))} {whole(n, t.lang)}</b>"
        st.html(f'<p class="gb-asked">{head} {rich(check.question)}</p>')
        if known.right_at:
            st.html(f'<p class="gb-answered">{escape(right_answer(check, t))}</p>')
            _verdict(_right(known, t), check, badge)
            return
        answer = _asked(check, key, t)
        pressed = st.button(t("path.submit"), key=f"check_{key}")
        if pressed and answer is None:
            st.session_state[f"_check_{key}"] = t("path.unanswered")
        elif pressed:
            said = marked(check, answer, t)
            kept.answer(one.name, check.key, said is None)
            st.session_state[f"_check_{key}"] = said
            st.rerun()
        said = st.session_state.get(f"_check_{key}")
        if said and known.n_tries:
            told = known.n_tries >= TOLD_AFTER
            tries = t("path.refresh", n=whole(known.n_tries, t.lang))
            _verdict(f"{said} {t('path.try_again')} {tries}", check if told else None, badge, "no")
        elif said:
            _verdict(str(said), None, badge, "no")
        elif known.n_tries:
            _verdict(str(t("path.refresh", n=whole(known.n_tries, t.lang))), None, badge, "no")
        if known.n_tries:
            _see(one, check, key, t)


def marked(check: Check, answer: Answer, t: Words) -> str | None:
    """What is wrong with an answer; None: it is right."""
    if isinstance(check, Estimate):
        side = estimated(float(answer), check.measured, check.tolerance)  # type: ignore[arg-type]
        return {"right": None, "low": t("path.too_low"), "high": t("path.too_high")}[side]
    if answer == check.right:
        return None
    if isinstance(check, Order):
        return t("path.not_in_order")
    return t("path.holds") if check.claims else t("path.not_this")


def right_answer(check: Check, t: Words) -> str:
    """The right answer in words."""
    if isinstance(check, Estimate):
        return check.written(check.measured)
    if isinstance(check, Choice):
        return str(check.options[check.right])
    return " → ".join(check.options[name] for name in check.right)


def _right(known: Answered, t: Words) -> str:
    if known.n_tries == 1:
        return t("path.right_first")
    return t("path.right_later", n=whole(known.n_tries, t.lang))


def _asked(check: Check, key: str, t: Words) -> Answer:
    """The controls of a question; the answer as it stands."""
    if isinstance(check, Estimate):
        return float(
            st.select_slider(
                t("path.estimate"), check.steps(), format_func=check.written, key=f"guess_{key}"
            )
        )
    names = shuffled(list(check.options), key)
    if isinstance(check, Choice):
        picked: str | None = st.radio(
            str(check.question),
            list(check.options) if not check.claims else names,
            format_func=lambda name: str(check.options[name]),
            index=None,
            key=f"choice_{key}",
            label_visibility="collapsed",
        )
        return picked
    return _order(check, shuffled(check.right, key), key, t)


def _order(check: Order, names: Sequence[str], key: str, t: Words) -> tuple[str, ...] | None:
    """One field for each place; what stands in one is not offered in the next."""
    if any(len(text) > LONG for text in check.options.values()):
        st.html(f"<ul>{''.join(f'<li>{escape(check.options[name])}</li>' for name in names)}</ul>")
    chosen: list[str | None] = []
    for n in range(len(names)):
        left = [name for name in names if name not in chosen]
        field = f"place_{key}_{n}"
        if st.session_state.get(field) not in left:
            st.session_state.pop(field, None)
        chosen.append(
            st.selectbox(
                t("path.place_n", n=whole(n + 1, t.lang)),
                left,
                index=None,
                format_func=lambda name: str(check.options[name]),
                placeholder=t("path.choose"),
                key=field,
            )
        )
    placed = tuple(name for name in chosen if name is not None)
    return placed if len(placed) == len(names) else None


def _verdict(said: str, told: Check | None, badge: Badge | None, kind: str = "yes") -> None:
    """What became of an answer, and where it is due the measurement with how it came to be."""
    measured: Text | str = told.feedback if told else ""
    about = badge.html if badge and told else ""
    shown = f"<br>{rich(measured)} {about}" if told else ""
    st.html(f'<div class="gb-verdict gb-{kind}" role="status"><b>{escape(said)}</b>{shown}</div>')


def _see(one: Unit, check: Check, key: str, t: Words) -> None:
    """The way to where it was measured."""
    place = t(f"shell.{site.BY_NAME[check.see.place].name}")
    st.button(
        t("path.see", place=place),
        key=f"see_{key}",
        type="tertiary",
        on_click=going.to_place,
        args=(check.see.place, one.name, check.see.settings),
    )
