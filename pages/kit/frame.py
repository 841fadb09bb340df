"""The frame of every page and station: the same five parts in the same order.

How to build a page (see pages/4_alignment.py for a whole one):

    t = open_page("training")                        # question, answer, line for deciders
    stations(t, "training")                          # links to the step's stations, if it has any

    # Controls, Compute: plain Python between the parts
    with stage(t("training.stage"), computed_now(t)):    # the one live visual, controls included
        ...
    if experiments(t):                               # False under "watch"
        predict("ten_times", t, question=…, options={"faster": …}, measure=function)
    if under_the_hood(t):                            # True once the visitor opened it
        source(t, keep_nucleus, formula=r"…", paper="Holtzman et al. 2020, arXiv:1904.09751")
    hand_over(t, "training", [Figure(share(0.83, t.lang), t("training.grammatical"))])

Words: `open_page("training")` and `hand_over` read four keys of words/training.*.toml: `question`,
`answer`, `decision` and `passes_on`. All other keys are written out in full in the page.
Numbers come from pages/kit/numbers.py, controls from pages/kit/controls.py, cards from `card()`.
What the visitor or a model wrote is data: show it with st.text or a component, never as markdown.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

from core.errors import GlassboxError
from core.pipeline import STEPS
from pages.kit import site, state
from pages.kit.catalogue import Words

ROOT: Final = Path(__file__).resolve().parents[2]


# 1. Claim


def open_page(name: str) -> Words:
    """Begin a page: its question, its answer in a sentence, under "watch" what it means.

    Args:
        name: the file of the word catalogue, which is the place's name in site.PLACES.

    Returns:
        the catalogue in the visitor's language.
    """
    t = state.t()
    st.title(t(f"{name}.question"), anchor=False)
    st.html(f'<p class="gb-answer">{escape(t(f"{name}.answer"))}</p>')
    if state.depth() == "watch":
        means = escape(t("frame.decision"))
        st.html(f'<p class="gb-decision"><b>{means}</b> {escape(t(f"{name}.decision"))}</p>')
    return t


def stations(t: Words, step: str) -> None:
    """Links to the stations of a step, the one shown marked; nothing for a step without any."""
    places = [place for place in site.PLACES if place.step == step]
    if len(places) < 2:
        return
    with st.container(key="gb_stations", horizontal=True, gap="medium"):
        for place in places:
            label = t("frame.overview") if place.name == step else t(f"shell.{place.name}")
            st.page_link(site.page(place.name, t), label=label, query_params=state.shared())


# 2. Stage


@dataclass(frozen=True)
class Badge:
    """How a figure came to be."""

    kind: Literal["now", "precomputed", "illustration"]
    text: str

    @property
    def html(self) -> str:
        """The badge as markup; its text is escaped."""
        return f'<span class="gb-badge gb-badge-{self.kind}">{escape(self.text)}</span>'


def computed_now(t: Words) -> Badge:
    """For what this process has just computed."""
    return Badge("now", t("frame.computed_now"))


def precomputed(t: Words, command: str, date: str) -> Badge:
    """For what was computed earlier: by which command and when (a date as the reader writes it)."""
    return Badge("precomputed", t("frame.precomputed", command=command, date=date))


def illustration(t: Words) -> Badge:
    """For what is drawn and not computed: the last resort."""
    return Badge("illustration", t("frame.illustration"))


def show_badge(badge: Badge) -> None:
    """Place a badge where no heading carries it."""
    st.html(badge.html)


@contextmanager
def card(key: str, title: str = "", badge: Badge | None = None) -> Iterator[None]:
    """A quiet frame around things that belong together; `key` is unique on the page."""
    with st.container(key=f"gb_card_{key}"):
        if title or badge:
            heading = f"<h2>{escape(title)}</h2>" if title else "<span></span>"
            st.html(f'<div class="gb-head">{heading}{badge.html if badge else ""}</div>')
        yield


@contextmanager
def stage(title: str, badge: Badge | None = None) -> Iterator[None]:
    """The one live visual that is the page's point, with the controls that change it."""
    with card("stage", title, badge):
        yield


@dataclass(frozen=True)
class Figure:
    """A number with what it counts, for a row of them.

    Args:
        value: as numbers.py writes it.
        label: what it counts, unit included.
        whose: whose artefact it describes, where that is worth saying.
    """

    value: str
    label: str
    whose: Literal["house", "yours"] | None = None


def figures(t: Words, row: Sequence[Figure]) -> None:
    """A row of numbers, each large, with its label under it."""
    cells = []
    for figure in row:
        whose = figure.whose
        mark = f'<i class="gb-{whose}">{escape(t(f"frame.{whose}"))}</i>' if whose else ""
        cells.append(
            f"<div><dt>{escape(figure.label)}{mark}</dt><dd>{escape(figure.value)}</dd></div>"
        )
    st.html(f'<dl class="gb-figures">{"".join(cells)}</dl>')


# 3. Experiments


def experiments(t: Words) -> bool:
    """Begin the experiments; False under "watch", where nobody is asked anything."""
    if state.depth() == "watch":
        return False
    st.html(f'<h2 class="gb-part">{escape(t("frame.experiments"))}</h2>')
    return True


@dataclass(frozen=True)
class Measured:
    """What an experiment showed.

    Args:
        outcome: the option that came true.
        text: the measurement in a sentence, in the visitor's language.
        show: draws more about it, such as a figure.
    """

    outcome: str
    text: str
    show: Callable[[], None] | None = None


def predict(
    key: str,
    t: Words,
    *,
    question: str,
    options: Mapping[str, str],
    measure: Callable[[], Measured],
) -> None:
    """Ask what will happen, then hold the visitor's guess against the measurement.

    Args:
        key: unique on the page; the guess is kept under it for the session.
        question: what will happen if …?
        options: outcome to its words.
        measure: really runs it; called once, when the visitor asks to see.
    """
    kept = st.session_state.setdefault("_predictions", {})
    with card(f"predict_{key}", question):
        guess_key = f"guess_{key}"
        if key not in kept:
            guess = st.radio(
                question,
                list(options),
                format_func=lambda option: options[option],
                index=None,
                key=guess_key,
                label_visibility="collapsed",
            )
            if st.button(t("frame.reveal"), key=f"reveal_{key}", disabled=guess is None):
                try:
                    kept[key] = (guess, measure())
                except GlassboxError as error:
                    show_error(error, t)
                else:
                    st.rerun()
            return
        guess, measured = kept[key]
        right = guess == measured.outcome
        _reveal(t, options[guess], options[measured.outcome], right, measured.text)
        if measured.show:
            measured.show()
        if st.button(t("frame.again"), key=f"again_{key}", type="tertiary"):
            del kept[key]
            st.rerun()


def _reveal(t: Words, guess: str, outcome: str, right: bool, text: str) -> None:
    verdict = t("frame.guess_right") if right else t("frame.guess_wrong")
    st.html(
        f'<dl class="gb-reveal" role="status"><dt>{escape(t("frame.your_guess"))}</dt>'
        f"<dd>{escape(guess)}</dd><dt>{escape(t('frame.measured'))}</dt>"
        f"<dd><b>{escape(outcome)}</b> · {escape(verdict)}<br>{escape(text)}</dd></dl>"
    )


# 4. Under the hood


def under_the_hood(t: Words) -> bool:
    """The drawer with formula, paper and source: True once it is open; absent under "watch".

    Its content is only sent when somebody opens it. Draw into it with `source` right after.
    """
    if state.depth() == "watch":
        return False
    drawer = st.expander(
        t("frame.hood"), expanded=state.depth() == "dig", key="gb_hood", on_change="rerun"
    )
    st.session_state["_hood"] = drawer
    return bool(drawer.open)


def source(
    t: Words, *functions: Callable[..., Any], formula: str = "", paper: str = "", words: str = ""
) -> None:
    """Into the open drawer: what was computed, and the very code of this process that did it.

    Args:
        functions: functions or classes of core, as they run here.
        formula: LaTeX.
        paper: author, year, title, arXiv number.
        words: a sentence about it, in the visitor's language.
    """
    with st.session_state["_hood"]:
        if words:
            st.html(f"<p>{escape(words)}</p>")
        if formula:
            st.latex(formula)
        if paper:
            st.html(f'<p class="gb-soft">{escape(t("frame.paper", paper=paper))}</p>')
        for function in functions:
            file = Path(inspect.getsourcefile(function) or "").resolve()
            line = inspect.getsourcelines(function)[1]
            where = f"{file.relative_to(ROOT).as_posix()}:{line}"
            st.html(f'<p class="gb-where">{escape(where)}</p>')
            st.code(inspect.getsource(function), language="python")


# 5. Hand over


def hand_over(t: Words, name: str, row: Sequence[Figure] = ()) -> None:
    """What the page passes on, in numbers, and one button to the next.

    Args:
        name: the place's name; its catalogue file holds the sentence `passes_on`.
        row: what is passed on; empty as long as nothing is.
    """
    step = site.BY_NAME[name].step
    n = STEPS.index(step) + 1 if step else 0
    following = STEPS[n] if n < len(STEPS) else "home"
    with st.container(key="gb_handover"):
        st.html(
            f'<div class="gb-head"><h2>{escape(t("frame.hand_over"))}</h2></div>'
            f"<p>{escape(t(f'{name}.passes_on'))}</p>"
        )
        if row:
            figures(t, row)
        label = (
            t("frame.home")
            if following == "home"
            else t("frame.next", step=t(f"shell.{following}"))
        )
        st.page_link(site.page(following, t), label=label, query_params=state.shared())


# When something goes wrong


def show_error(error: GlassboxError, t: Words) -> None:
    """Tell the visitor what happened, in a sentence of the catalogue.

    An error without a sentence of its own uses the nearest one up the tree.
    """
    for kind in type(error).__mro__:
        key = f"error.{getattr(kind, 'key', 'unexpected')}"
        if key in t and t.placeholders(key) <= set(error.values):
            sentence = t(key, **error.values)
            break
    else:
        sentence = t("error.unexpected")
    st.html(f'<p class="gb-error" role="alert">{escape(sentence)}</p>')
