"""The stage "classifier", and what a threshold costs: missed cases against false alarms.

Invariant: a sentence counts as rude where its score reaches the threshold; the counts of an
examination add up to the texts examined.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.once import once
from core.postprocessing.safety.classifier import Classifier, train
from core.postprocessing.safety.labels import Labelled, shipped, split
from core.postprocessing.sentences import sentence_spans
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced

ACTIONS: Final = ("hold", "remove", "mark")
THRESHOLD: Final = 0.5


@once(1)
def house_classifier() -> Classifier:
    """The one that learned from the shipped labels alone; learned once in a process, at need."""
    return train()


@dataclass(frozen=True)
class Counts:
    """How a threshold divides labelled texts.

    Args:
        hits: rude, and found.
        false_alarms: fine, and yet found.
        misses: rude, and let through.
        passed: fine, and let through.
    """

    hits: int
    false_alarms: int
    misses: int
    passed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is rude; 1 where nothing was found."""
        found = self.hits + self.false_alarms
        return self.hits / found if found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is rude that was found; 1 where nothing is."""
        rude = self.hits + self.misses
        return self.hits / rude if rude else 1.0


def counts_at(threshold: float, scores: Sequence[float], rude: Sequence[bool]) -> Counts:
    """Count what a threshold does.

    Args:
        threshold: a score that reaches it counts as rude.
        scores: one a text, from 0 to 1.
        rude: what each text really is.
    """
    pairs = [(score >= threshold, is_rude) for score, is_rude in zip(scores, rude, strict=True)]
    return Counts(*(pairs.count(pair) for pair in ((1, 1), (1, 0), (0, 1), (0, 0))))  # type: ignore[arg-type]  # True equals 1


def held_out(classifier: Classifier, lang: str) -> list[Labelled]:
    """The shipped texts of a language that this classifier has not learned from."""
    held = split(shipped(lang), classifier.settings.seed)[1]
    return [each for each in held if each.text not in classifier.own]


class ClassifierStage:
    """The stage "classifier": rude sentences keep the text back, are removed, or only marked."""

    name: ClassVar[str] = "classifier"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = admitted(settings, {"threshold": THRESHOLD, "action": "hold"})
        if given["action"] not in ACTIONS:
            raise SettingError("action", given["action"], f"must be one of {', '.join(ACTIONS)}")
        if not 0.0 <= given["threshold"] <= 1.0:
            raise SettingError("threshold", given["threshold"], "must lie in [0, 1]")
        self._action: str = given["action"]
        self._threshold = float(given["threshold"])

    def apply(self, text: str, context: Context) -> Processed:
        """Score every sentence; `notes` holds the highest score."""
        spans = sentence_spans(text)
        classifier = context.classifier or house_classifier()
        scores = classifier.scores([text[start:end] for start, end in spans])
        removed = "" if self._action == "remove" else None
        found = tuple(
            Finding(start, end, "rude", "classifier", removed, f"{score:.2f}")
            for (start, end), score in zip(spans, scores, strict=True)
            if score >= self._threshold
        )
        notes = {
            "score": float(max(scores, default=0.0)),
            "threshold": self._threshold,
            "n_own": classifier.n_own,
        }
        if found and self._action == "hold":
            return Processed("", found, held_back=True, notes=notes)
        left = replaced(text, found).strip() if removed == "" and found else text
        return Processed(left, found, held_back=bool(found) and not left, notes=notes)
