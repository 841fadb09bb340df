"""The bench: the same questions and seeds under several prompts, counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

import streamlit as st

from core.alignment.text.prompts import KINDS, MOST_TASKS, filled, prompt_tokens
from core.alignment.text.scoring import Score, Share, Task, right, score
from core.data.world import Town
from core.errors import GlassboxError
from core.limits.prompted import ANSWER_TOKENS
from pages.inference.prompting import kinds, tasks
from pages.inference.prompting.drawing import drawn
from pages.inference.prompting.kinds import PLACES, Prompt
from pages.inference.prompting.table import Cell, Column, bench_html
from pages.inference.prompting.tasks import Known
from pages.inference.writing import watched
from pages.kit import drafts, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share_span, whole

N_KEPT: Final = 6  # benches whose answers stay at hand
REDRAWN: Final = 14  # answers between two looks at the table
N_QUESTIONS: Final = 20
N_SEEDS: Final = 3


@dataclass
class Run:
    """What has been drawn: for each prompt, question and seed the answer with its score.

    A run of the page that was stopped may still bring its last answer while the next one goes on;
    each answer has a place of its own, so that none is counted twice.

    Args:
        guess: the prompt that the visitor expected to be right most often; "" where nobody guessed.
        answers: (prompt, question, seed) -> the answer.
    """

    guess: str
    answers: dict[tuple[int, int, int], Cell] = field(default_factory=dict)

    @property
    def n_drawn(self) -> int:
        """How many answers there are."""
        return len(self.answers)

    def cells(self) -> dict[tuple[int, int], list[Cell]]:
        """(prompt, question) -> its answers in the order of their seeds."""
        found: dict[tuple[int, int], list[Cell]] = {}
        for (prompt, question, _), cell in sorted(
            self.answers.copy().items(), key=lambda one: one[0]
        ):
            found.setdefault((prompt, question), []).append(cell)
        return found

    def scores(self, prompt: int) -> list[Score]:
        """Of all answers under one prompt."""
        return [cell.score for (p, _, _), cell in self.answers.copy().items() if p == prompt]

    def shares(self) -> dict[str, Share]:
        """Right answers under every kind of prompt."""
        return {name: right(self.scores(i)) for i, name in enumerate(KINDS)}

    def best(self) -> list[str]:
        """The prompt that is right most often, and those that cannot be told apart from it."""
        shares = self.shares()
        first = max(shares, key=lambda name: shares[name].value)
        alike = [name for name in shares if not shares[name].apart_from(shares[first])]
        return [first, *(name for name in alike if name != first)]


def show(model: Model, about: Known | None, kind: str, t: Words) -> Run | None:
    """Controls, prompts as they are read, and what was counted; the run if there is one."""
    own = _own(t) if kind == "own" else ""
    prompts = kinds.prompts(about, t)
    bench = st.container()
    n_questions, n_seeds = N_QUESTIONS, N_SEEDS
    if state.depth() != "watch":
        with st.expander(t("prompting.edit")):
            note(t("prompting.edit_about", place=PLACES[t.lang]))
            kinds.edit(prompts, t)
            n_questions, n_seeds = _size(t)
    with bench:
        try:
            asked = tasks.of_kind(kind, about, own, t.lang)[:n_questions]
            read = _read(model, prompts, asked, t)
        except GlassboxError as error:
            show_error(error, t)
            return None
        if not asked:
            note(t("prompting.no_tasks"))
            return None
        return _run(model, about, prompts, asked, read, n_seeds, t)


def kind_of(about: Known | None, t: Words) -> str:
    """What is asked."""
    names = {
        "told": t("prompting.task_told"),
        "untold": t("prompting.task_untold"),
        "own": t("prompting.task_own"),
    }
    if about is None:
        return "own"
    options = [name for name in names if name != "untold" or about.untold]
    chosen = st.segmented_control(
        t("prompting.task"),
        options,
        default=options[0],
        format_func=names.__getitem__,
        key="prompting_task",
        required=True,
        label_visibility="collapsed",
    )
    return str(chosen)


def _own(t: Words) -> str:
    start = drafts.recall("prompting_own", t("prompting.own_start"))
    text = st.text_area(t("prompting.own"), start, key="prompting_own", height=110)
    drafts.keep("prompting_own")
    return str(text)


def _size(t: Words) -> tuple[int, int]:
    """How many questions and seeds."""
    one, two = st.columns(2)
    with one:
        questions = st.slider(
            t("prompting.n_questions"), 5, MOST_TASKS, N_QUESTIONS, key="prompting_questions"
        )
    with two:
        seeds = st.slider(t("prompting.n_seeds"), 1, 10, N_SEEDS, key="prompting_seeds")
    return questions, seeds


def _read(
    model: Model, prompts: Sequence[Prompt], asked: Sequence[Task], t: Words
) -> list[list[list[int]]]:
    """For each prompt and question, the tokens that the model reads."""
    place = PLACES[t.lang]
    return [
        [
            prompt_tokens(
                model.kind, model.encoder, filled(one.text, place, task.question, one.title)
            )
            for task in asked
        ]
        for one in prompts
    ]


def _run(
    model: Model,
    about: Known | None,
    prompts: Sequence[Prompt],
    asked: Sequence[Task],
    read: list[list[list[int]]],
    n_seeds: int,
    t: Words,
) -> Run | None:
    """The button with the guess before it, and the table."""
    kept: dict[object, Run] = st.session_state.setdefault("_prompting_bench", {})
    key = (model.id, tuple(one.text for one in prompts), tuple(asked), n_seeds, state.seed())
    names = {one.name: one.title for one in prompts}
    run = kept.get(key)
    pressed = False
    with st.container(key="gb_bench_go", horizontal=True, vertical_alignment="bottom"):
        guess = run.guess if run else _guess(names, t)
        n = len(prompts) * len(asked) * n_seeds
        done = run is not None and run.n_drawn == n
        if not done:
            label = t("prompting.go", n=whole(n, t.lang)) if run is None else t("prompting.go_on")
            waits = run is None and not guess
            pressed = st.button(label, key="prompting_go", type="primary", disabled=waits)
    watching, said, place = st.container(), st.empty(), st.empty()

    def redraw(*, drawing: bool = False) -> None:
        """The table and its sentence, with what has been drawn so far."""
        columns = [
            Column(one.title, tokens, run.scores(i) if run else [])
            for i, (one, tokens) in enumerate(zip(prompts, [each[0] for each in read], strict=True))
        ]
        place.html(bench_html(model, columns, asked, run.cells() if run else {}, n_seeds, t))
        if run and run.n_drawn:
            text = _said(run, names, t)
            if not drawing and run.n_drawn < n:
                drawn_so_far = whole(run.n_drawn, t.lang)
                text += " " + t("prompting.partial", n=drawn_so_far, all=whole(n, t.lang))
            said.html(f'<p class="gb-soft" role="status">{escape(text)}</p>')

    if pressed:
        run = run or Run(str(guess) if state.depth() != "watch" else "")
        kept[key] = run
        while len(kept) > N_KEPT:
            del kept[next(iter(kept))]
        redraw(drawing=True)
        try:
            with watching, watched(t, "bench") as progress:
                for _ in _draw(model, about.town if about else None, asked, read, n_seeds, run):
                    progress(run.n_drawn / n)
                    if run.n_drawn % REDRAWN == 0:
                        redraw(drawing=True)
        except GlassboxError as error:
            show_error(error, t)
        else:
            st.rerun()
    redraw()
    return run


def _guess(names: Mapping[str, str], t: Words) -> str | None:
    """Which prompt will be right most often, before anything is drawn."""
    if state.depth() == "watch":
        return next(iter(names))
    guess = st.selectbox(
        t("prompting.guess"),
        list(names),
        format_func=names.__getitem__,
        index=None,
        key="prompting_guess",
        placeholder=t("prompting.guess_here"),
    )
    return None if guess is None else str(guess)


def _draw(
    model: Model,
    town: Town | None,
    asked: Sequence[Task],
    read: list[list[list[int]]],
    n_seeds: int,
    run: Run,
) -> Iterator[None]:
    """Draw what is still missing, question by question, so that a part of it can be compared."""
    missing = [
        (prompt, question, seed)
        for question in range(len(asked))
        for seed in range(n_seeds)
        for prompt in range(len(read))
        if (prompt, question, seed) not in run.answers
    ]
    wanted = [
        (read[prompt][question], state.seed() * 1000 + question * n_seeds + seed)
        for prompt, question, seed in missing
    ]
    for place, one in zip(missing, drawn(model, wanted, ANSWER_TOKENS), strict=True):
        run.answers[place] = Cell(one.answer, score(asked[place[1]], one.answer, town))
        yield


def _said(run: Run, names: Mapping[str, str], t: Words) -> str:
    """What the counts come to, and what had been expected."""
    shares = run.shares()
    best, *alike = run.best()
    worst = min(shares, key=lambda name: shares[name].value)
    said = [
        t(
            "prompting.best",
            best=names[best],
            share=share_span(*shares[best].span, t.lang),
            worst=names[worst],
            least=share_span(*shares[worst].span, t.lang),
        )
    ]
    if alike:
        said.append(t("prompting.alike", names=", ".join(names[name] for name in alike)))
    if run.guess:
        verdict = t("frame.guess_right") if run.guess in run.best() else t("frame.guess_wrong")
        said.append(t("prompting.guessed", name=names[run.guess], verdict=verdict))
    return " ".join(said)
