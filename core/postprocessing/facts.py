"""The stage "facts": what a text claims about the small town, held against what is true there.

Invariant: only sentences that the town's grammar accepts are judged, so a verdict is never a guess;
everything else is "not checkable", and that is said too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from core.data.world import Claim, Town, claims, is_true, sentences, was_told
from core.errors import SettingError
from core.postprocessing.sentences import sentence_spans
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced

Verdict = Literal["true", "untold", "false", "unknown"]
VERDICTS: Final[tuple[Verdict, ...]] = ("true", "untold", "false", "unknown")
ACTIONS: Final = ("mark", "remove", "hold")


@dataclass(frozen=True)
class Checked:
    """One sentence and what it came to.

    Args:
        start, end: characters of the text.
        claims: what it states; empty where it states nothing that can be checked.
        verdict: "true"; "untold": true, but no text ever said so; "false"; "unknown".
    """

    start: int
    end: int
    claims: tuple[Claim, ...]
    verdict: Verdict


def check(text: str, lang: str, town: Town, told: Collection[Claim] | None = None) -> list[Checked]:
    """Judge every sentence of a text.

    Args:
        text: what somebody or something wrote.
        lang: the language whose grammar reads it.
        town: whose facts decide.
        told: every fact that the model's texts state; None: the town's own word for what was left
            out of all texts.

    Returns:
        the sentences from left to right. One that states several facts is as good as its worst.
    """
    found = []
    for start, end in sentence_spans(text):
        place = start
        for sentence in sentences(text[start:end]):
            begins = text.find(sentence, place, end)
            stated = tuple(claims(sentence, lang))
            verdicts = [_judged(claim, town, told) for claim in stated]
            worst: Verdict = max(verdicts, key=VERDICTS.index) if verdicts else "unknown"
            place = begins + len(sentence)
            found.append(Checked(begins, place, stated, worst))
    return found


def _judged(claim: Claim, town: Town, told: Collection[Claim] | None) -> Verdict:
    if not is_true(claim, town):
        return "false"
    if told is None:
        known = (claim.subject, claim.relation) not in town.left_out
    else:
        known = was_told(claim, told)
    return "true" if known else "untold"


class FactsStage:
    """The stage "facts": claims are marked, false sentences removed, or the whole held back."""

    name: ClassVar[str] = "facts"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = admitted(settings, {"action": "mark"})
        self._action: str = given["action"]
        if self._action not in ACTIONS:
            raise SettingError("action", self._action, f"must be one of {', '.join(ACTIONS)}")

    def apply(self, text: str, context: Context) -> Processed:
        """Judge a text; one that is not about the small town passes as it is."""
        if context.town is None:
            return Processed(text, notes={"checked": False})
        judged = check(text, context.lang, context.town)
        counts: dict[str, int] = {
            verdict: sum(one.verdict == verdict for one in judged) for verdict in VERDICTS
        }
        removes = self._action == "remove"
        found = tuple(
            Finding(
                one.start,
                one.end,
                one.verdict,
                one.claims[0].relation,
                "" if removes and one.verdict == "false" else None,
            )
            for one in judged
            if one.verdict != "unknown"
        )
        notes: dict[str, Any] = {"checked": True, **counts}
        if counts["false"] and self._action == "hold":
            return Processed("", found, held_back=True, notes=notes)
        left = replaced(text, found)
        if left != text:
            left = _without_gaps(left)
        return Processed(left, found, held_back=bool(text.strip()) and not left, notes=notes)


def _without_gaps(text: str) -> str:
    """Single blanks where a sentence was taken out, and no lines that hold nothing any more."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
