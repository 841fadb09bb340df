"""The judge's marks on a text the model wrote: which sentences the grammar does not accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.data.world import LANGUAGES, accepts, sentences
from core.postprocessing.sentences import sentence_spans

ENDS: Final = tuple(".!?”“")


@dataclass(frozen=True)
class Verdict:
    """What came of judging one text.

    Args:
        n: whole sentences the model had a part in; a last one that was cut off does not count.
        wrong: those that no grammar of the town accepts, as characters of the shown text.
    """

    n: int
    wrong: tuple[tuple[int, int], ...]

    @property
    def n_right(self) -> int:
        """Sentences that are grammatical."""
        return self.n - len(self.wrong)


@lru_cache(maxsize=512)
def judge(prompt: str, text: str, shown: str) -> Verdict:
    """Judge what a model made of a prompt.

    Args:
        prompt: what it was given; a sentence that is over there is not the model's.
        text: what it wrote.
        shown: both as they are shown, with single blanks and perhaps cut at the end.
    """
    whole, place, n = prompt + text, 0, 0
    wrong: list[tuple[int, int]] = []
    for start, end in sentence_spans(whole):
        for sentence in sentences(whole[start:end]):
            ends = whole.find(sentence, start) + len(sentence)
            seen = " ".join(sentence.split())
            begins = shown.find(seen, place)
            if not sentence.endswith(ENDS) or begins < 0 or ends <= len(prompt.rstrip()):
                continue
            place = begins + len(seen)
            n += 1
            if not any(accepts(sentence, lang) for lang in _languages()):
                wrong.append((begins, place))
    return Verdict(n, tuple(wrong))


def _languages() -> Sequence[str]:
    return tuple(LANGUAGES)
