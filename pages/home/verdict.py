"""The judge's verdict on as much of a text as is shown, with its marks where they stand there.

A text is shown on few lines: white space becomes one blank, and a long text is cut. The judge
reads it as the model wrote it, so its spans are moved to what the reader sees.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.data.world import WorldSettings
from core.training.text.verdicts import Span, Verdict, judge


def verdict_shown(prompt: str, text: str, n_shown: int, settings: WorldSettings) -> Verdict:
    """Judge the part of a model's text that a reader sees.

    Args:
        prompt: what the model was given; its characters are shown as they are.
        text: what it wrote.
        n_shown: characters of prompt and text, with single blanks, that are shown.
        settings: settings of the world its training text was generated from.

    Returns:
        `core.training.text.verdicts.judge` on that part, its spans counted in what is shown. A
        sentence that is cut off in the display does not count, just as one that the model did not
        finish.
    """
    places = _places(text)  # for every beginning of the text, the characters it is shown with
    n_text = max(0, n_shown - len(prompt))
    is_whole = places[len(text.rstrip())] <= n_text
    seen = text if is_whole else text[: sum(place <= n_text for place in places) - 1]
    found = judge(prompt, seen, settings)

    def moved(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple((at(begin), at(end)) for begin, end in spans)

    def at(place: int) -> int:
        return place if place <= len(prompt) else len(prompt) + places[place - len(prompt)]

    return replace(found, ungrammatical=moved(found.ungrammatical), untrue=moved(found.untrue))


def _places(text: str) -> list[int]:
    """How many characters the first 0, 1, 2, … of a text are shown with: runs of blanks are one."""
    places = [0]
    for before, character in zip(" " + text, text, strict=False):
        goes_on = character.isspace() and before.isspace() and len(places) > 1
        places.append(places[-1] + (0 if goes_on else 1))
    return places
