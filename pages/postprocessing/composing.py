"""What all filters together did to a text: one text with every change and every finding in it."""

from collections.abc import Callable
from typing import Any, Final

from core.postprocessing.stages import Answer, Finding

WHOLE: Final = "*"  # the name under which the page shows all filters at once
Described = Callable[[Finding, str], dict[str, Any]]
Part = dict[str, Any]


def composed(text: str, answer: Answer, described: Described) -> list[Part]:
    """The text as it came, in pieces: plain, changed ("old" to "new"), or only marked ("new" None).

    Args:
        text: what went into the first filter.
        answer: what the filters did.
        described: kind and rule of a finding in the visitor's words, given its text.

    Returns:
        pieces from left to right. Pieces of the same finding share their "row". Where a filter did
        more than its findings say, such as closing gaps, the pieces begin anew with its output.
    """
    parts: list[Part] = [{"text": text}]
    row = 0
    for _, step in answer.steps:
        before = "".join(_now(part) for part in parts)
        for finding in reversed(step.findings):  # from the right: places to the left stay valid
            row += 1
            old = before[finding.start : finding.end]
            parts = _with(parts, finding, {**described(finding, old), "row": row, "whole": old})
        if step.held_back:
            break
        if "".join(_now(part) for part in parts) != step.text:
            parts = [{"text": step.text}]
    return [part for part in parts if part.get("text") != ""]


def _now(part: Part) -> str:
    """What stands there after the filters so far."""
    if "text" in part:
        return str(part["text"])
    return str(part["old"] if part["new"] is None else part["new"])


def _with(parts: list[Part], finding: Finding, about: dict[str, Any]) -> list[Part]:
    """The pieces with one more finding, whose place is counted in the text as it is now."""
    before, inside, after = list[Part](), list[Part](), list[Part]()
    place = 0
    for part in parts:
        now = _now(part)
        first, last = finding.start - place, finding.end - place
        place += len(now)
        if last <= 0 and not (finding.start == finding.end == place - len(now)):
            after.append(part)
        elif first >= len(now):
            before.append(part)
        elif part.get("new") is not None:  # changed already: it stays in one piece
            inside.append(part)
        else:
            begins, ends = max(0, first), min(len(now), max(last, 0))
            before += _cut(part, 0, begins)
            inside += _cut(part, begins, ends)
            after += _cut(part, ends, len(now))
    if finding.replacement is None:
        return [*before, *(_marked(part, about) for part in inside), *after]
    old = "".join(str(part.get("old", part.get("text", ""))) for part in inside)
    return [*before, {"old": old, "new": finding.replacement, **about}, *after]


def _cut(part: Part, begins: int, ends: int) -> list[Part]:
    key = "text" if "text" in part else "old"
    piece = str(part[key])[begins:ends]
    return [{**part, key: piece}] if piece else []


def _marked(part: Part, about: dict[str, Any]) -> Part:
    """A piece that a filter only marked; what was changed before keeps its own mark."""
    if part.get("new") is not None:
        return part
    return {"old": _now(part), "new": None, **about}
