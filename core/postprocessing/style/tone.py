"""The stage "tone": from du to Sie and back in German, long and short forms in English.

Invariant: a sentence is turned as a whole or not at all. Where one of its words is in doubt, the
sentence stays as it was and the word is named; a quotation is somebody else's and always stays.
What this does not do: the plural "ihr", verbs that are not in verbs.de.txt, a change of vocabulary.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.postprocessing.sentences import Span, sentence_spans
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced
from core.postprocessing.style.clauses import Sentence, Turned
from core.postprocessing.style.contractions import longer, shorter
from core.postprocessing.style.from_du import to_formal
from core.postprocessing.style.from_sie import to_informal

TONES: Final = ("formal", "informal")
_TURNS: Final[Mapping[tuple[str, str], Callable[[Sentence], Turned]]] = {
    ("de", "formal"): to_formal,
    ("de", "informal"): to_informal,
    ("en", "formal"): longer,
    ("en", "informal"): shorter,
}
_QUOTED: Final = re.compile(r"„[^“]*“|“[^”]*”|»[^«]*«|«[^»]*»|‚[^‘]*‘|\"[^\"]*\"")


def quotations(text: str) -> list[Span]:
    """Where a text quotes somebody; a mark that is never closed opens nothing."""
    return [match.span() for match in _QUOTED.finditer(text)]


def turned(text: str, lang: str, tone: str) -> list[Finding]:
    """What has to change so that a text takes a tone.

    Args:
        text: any text.
        lang: "de" or "en".
        tone: "formal" or "informal".

    Returns:
        changes from left to right; findings of the kind "unsure" name a word because of which its
        sentence was left as it is.
    """
    turn = _TURNS[lang, tone]
    quoted = quotations(text)
    found: list[Finding] = []
    for start, end in sentence_spans(text):
        inner = [(max(a, start), min(b, end)) for a, b in quoted if a < end and b > start]
        changes, doubts = turn(Sentence.of(text, start, end, inner))
        if doubts:
            found += [Finding(*span, "unsure", rule) for span, rule in doubts[:1]]
            continue
        found += [Finding(*span, tone, rule, new) for span, rule, new in changes]
    return sorted(found, key=lambda finding: finding.start)


class ToneStage:
    """The stage "tone": a text is made formal or informal as far as that is certain."""

    name: ClassVar[str] = "tone"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = admitted(settings, {"tone": "formal"})
        self._tone: str = given["tone"]
        if self._tone not in TONES:
            raise SettingError("tone", self._tone, f"must be one of {', '.join(TONES)}")

    def apply(self, text: str, context: Context) -> Processed:
        """Turn what can be turned; `notes` counts the sentences that were left in doubt."""
        if (context.lang, self._tone) not in _TURNS:
            return Processed(text)
        found = tuple(turned(text, context.lang, self._tone))
        n_unsure = sum(finding.kind == "unsure" for finding in found)
        return Processed(replaced(text, found), found, notes={"n_unsure": n_unsure})
