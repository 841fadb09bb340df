"""Checks whether a text was copied from the texts that somebody or something has read."""

from collections.abc import Iterable

from core.data.world.typography import sentences


class Copies:
    """Finds what was copied verbatim.

    Args:
        corpus_texts: the texts that were read.
    """

    def __init__(self, corpus_texts: Iterable[str]) -> None:
        texts = list(corpus_texts)
        self._sentences = {sentence for text in texts for sentence in sentences(text)}
        self._corpus = " \x00 ".join(" ".join(text.split()) for text in ["", *texts, ""])

    def verbatim(self, sentence: str) -> bool:
        """Whether exactly this sentence appears in the corpus."""
        return sentence in self._sentences

    def longest_copied_run(self, text: str) -> str:
        """The longest run of whole words of `text` that appears in one document of the corpus."""
        words = text.split()
        longest: tuple[int, int] = (0, 0)
        start = 0
        for end in range(1, len(words) + 1):
            while start < end and f" {' '.join(words[start:end])} " not in self._corpus:
                start += 1
            if end - start > longest[1] - longest[0]:
                longest = (start, end)
        return " ".join(words[longest[0] : longest[1]])
