"""The same questions under several conditions, drawn with the same seeds and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from core.alignment.text.scoring import Score, Share, Task, polite, right, score
from core.data.world import Town
from core.limits.prompted import ANSWER_TOKENS
from pages.inference.prompting.drawing import Drawn, drawn
from pages.inference.prompting.table import SIGNS, share_html
from pages.inference.writing import watched
from pages.kit.catalogue import Words
from pages.kit.models import Model


@dataclass(frozen=True)
class Condition:
    """One way of asking.

    Args:
        title: what it is called.
        prompts: tokens that are read, one a task.
    """

    title: str
    prompts: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Found:
    """What came of one condition: every answer with its score, task by task."""

    title: str
    drawn: Sequence[Drawn]
    scores: Sequence[Score]

    def share(self, hits: Sequence[bool]) -> Share:
        """A share of its draws."""
        return Share(sum(hits), len(hits))

    @property
    def right(self) -> Share:
        """Right answers."""
        return right(self.scores)

    @property
    def none(self) -> Share:
        """Answers that state nothing of what was asked for."""
        return self.share([each.verdict == "none" for each in self.scores])

    @property
    def ended(self) -> Share:
        """Answers that the model ended itself."""
        return self.share([each.ended for each in self.drawn])

    @property
    def polite(self) -> Share:
        """Answers with a courtesy."""
        return polite(self.scores)


def measured(
    model: Model,
    conditions: Sequence[Condition],
    asked: Sequence[Task],
    town: Town,
    seeds: Sequence[int],
    t: Words,
    key: str,
    *,
    ends: bool | None = None,
) -> list[Found]:
    """Draw and score every condition, with a bar and a way to stop.

    Raises:
        Busy, WritingFailed: the service cannot write.
    """
    wanted = [
        (tokens, seed) for condition in conditions for tokens in condition.prompts for seed in seeds
    ]
    answers: list[Drawn] = []
    with watched(t, key) as progress:
        for one in drawn(model, wanted, ANSWER_TOKENS, ends=ends):
            answers.append(one)
            progress(len(answers) / len(wanted))
    found = []
    n = len(asked) * len(seeds)
    for place, condition in enumerate(conditions):
        own = answers[place * n : (place + 1) * n]
        scores = [score(asked[at // len(seeds)], one.answer, town) for at, one in enumerate(own)]
        found.append(Found(condition.title, own, scores))
    return found


def shares_html(
    names: Sequence[str], columns: Sequence[tuple[str, Sequence[Share]]], t: Words
) -> str:
    """A row for each condition, a column for each share, each with its interval and n."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _ in columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{share_html(shares[row], t)}</td>" for _, shares in columns)
        + "</tr>"
        for row, name in enumerate(names)
    )
    return (
        f'<div class="gb-shares"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def drawn_html(found: Sequence[Found], asked: Sequence[Task], n_seeds: int, t: Words) -> str:
    """The first answers of every condition, folded away."""
    parts = []
    for one in found:
        lines = "".join(
            f'<li>{escape(task.question)} <b class="{said.verdict}">{SIGNS[said.verdict]}</b> '
            f"{escape(answer.answer)}</li>"
            for task, said, answer in zip(
                asked, one.scores[::n_seeds], one.drawn[::n_seeds], strict=True
            )
        )
        parts.append(
            f'<details class="gb-drawn"><summary>{escape(one.title)}: '
            f"{escape(t('prompting.answers_of'))}</summary><ul>{lines}</ul></details>"
        )
    return "".join(parts)
