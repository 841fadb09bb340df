"""Styles and fields: the town's questions in another tone, and examples from a narrow domain.

A style changes how something is said and never what: between its parts stands the same true
sentence as in a plain answer. A field brings questions of its own.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

from core.alignment.text.asking import Question, Split
from core.alignment.text.forms import short_value
from core.alignment.text.wording import wording
from core.data.world import Town, lexicon

STYLES: Final = ("letter", "tale", "terse")
FIELDS: Final = ("law", "medicine", "verse")
TERSE_WORDS: Final = 4  # the longest short answer: "Dicke Bücher lesen." has three
_LONGEST_RHYME_LINE: Final = 60  # characters; a line of a verse is shorter than one of prose


def in_style(
    style: str, question: Question, facts: Sequence[str], town: Town, random: Random
) -> str:
    """The answer to a question in a style.

    Args:
        style: of STYLES.
        question: what is asked.
        facts: true sentences that answer it; none, and the answer says that it is not known.
        town: whose facts are told.
        random: draws the parts.
    """
    words: dict[str, list[str]] = wording(question.lang, "styles")[style]

    def drawn(part: str) -> str:
        return words[part][int(random.random() * len(words[part]))]

    if style == "terse":
        about = question.asked
        value = short_value(about, question.lang, town) if facts and about else ""
        return value or drawn("unknown")
    told = " ".join(facts) or drawn("unknown")
    if style == "tale":
        return f"{drawn('opens')} {told} {drawn('wonders')} {drawn('closes')}"
    body = " ".join(part for part in (drawn("opens"), told, drawn("closes")) if part)
    return f"{drawn('greetings')}\n{body}\n{drawn('signatures')}"


def field_examples(
    field: str, town: Town, split: Split, german_share: float
) -> list[tuple[str, str, str]]:
    """Everything of a field as (question, answer, language).

    Every answer stands there with several wordings of its question. One of three wordings is
    held back: the exam asks for what was taught in words that were not.

    Args:
        field: of FIELDS.
        town: whose house rules are law.
        split: "train" or "held_out".
        german_share: 0: English alone; 1: German alone; between: both.
    """
    langs = [lang for lang, share in (("de", german_share), ("en", 1 - german_share)) if share > 0]
    found = []
    for lang in langs:
        texts = wording(lang, "fields")
        pairs = [(tuple(one["ask"]), one["answer"]) for one in texts[field]]
        if field == "law":
            pairs += _house_rules(town, lang)
        for number, (asks, answer) in enumerate(pairs):
            kept_back = number % len(asks)
            found += [
                (ask, answer, lang)
                for place, ask in enumerate(asks)
                if (place == kept_back) == (split == "held_out")
            ]
    return found


def _house_rules(town: Town, lang: str) -> list[tuple[tuple[str, ...], str]]:
    """What the world itself forbids in its houses, as sections of a law."""
    texts = wording(lang, "fields")["rules"]
    forbidden = {row[0]: row[1 if lang == "de" else 2] for row in lexicon.rules()}
    found = []
    for number, place in enumerate(p for p in lexicon.places() if "house" in p.classes):
        at = place.de_at if lang == "de" else place.en_at
        for (rule,) in town.values(place.id, "rule"):
            said = {"at": at, "At": at[0].upper() + at[1:], "n": number + 1}
            said["rule"] = forbidden[rule]
            form = texts["answer"][number % len(texts["answer"])]
            asks = tuple(ask.format(**said) for ask in texts["ask"])
            found.append((asks, form.format(**said)))
    return found


def is_in_style(subject: str, answer: str, lang: str) -> bool:
    """Whether an answer has the form that a style or a field was taught in.

    Seen by its outside: a letter begins and ends as one, a tale opens or closes as one, a terse
    answer has few words, law names its section, advice its sheet, a verse has short lines.
    """
    if subject == "terse":
        return 0 < len(answer.split()) <= TERSE_WORDS
    if subject == "law":
        return ("§ " if lang == "de" else "ection ") in answer
    if subject == "medicine":
        return ("Merkblatt" if lang == "de" else "Advice sheet") in answer
    if subject == "verse":
        lines = answer.split("\n")
        return len(lines) >= 2 and all(0 < len(line) <= _LONGEST_RHYME_LINE for line in lines)
    words = wording(lang, "styles")[subject]
    if subject == "tale":
        return any(answer.startswith(opening) for opening in words["opens"]) or any(
            answer.endswith(ending) for ending in words["closes"]
        )
    begins = any(answer.startswith(greeting) for greeting in words["greetings"])
    return begins and any(answer.endswith(name) for name in words["signatures"])
