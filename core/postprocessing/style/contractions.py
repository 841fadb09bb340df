"""English long and short forms: "do not" and "don't", "thank you" and "thanks".

Invariant: a short form with two readings ("he'd" is "he had" or "he would", "Mia's" may own
something) is opened only where the next word decides; else it is reported as a doubt.
"""

import re
from typing import Final

from core.postprocessing.style.clauses import Change, Doubt, Sentence, Token, Turned, word_set

_NOT: Final = {"ca": "can", "wo": "will", "sha": "shall", "ai": ""}  # can't, won't, shan't, ain't
_LONG: Final = {"m": "am", "re": "are", "ve": "have", "ll": "will"}
_PRONOUNS: Final = word_set("it he she that this what there here who where how")
_ASKED: Final = word_set("i you he she it we they that this there one")
_WHY: Final = word_set("why how where when what and or but so then well")
_PARTICIPLES: Final = word_set("been had got gone done become seen")
_BARE: Final = word_set("like love be rather prefer say go do want need help ask")
WORDINGS: Final = {
    "hi": "hello",
    "hey": "hello",
    "yeah": "yes",
    "yep": "yes",
    "nope": "no",
    "thanks": "thank you",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "kinda": "rather",
    "kids": "children",
    "ok": "all right",
    "okay": "all right",
    "bye": "goodbye",
}
_SHORT_NOT: Final = {
    f"{verb} not": f"{verb}n’t"
    for verb in word_set("do does did is are was were has have had would could should must")
} | {"will not": "won’t", "can not": "can’t"}
_SHORT: Final = {
    **{f"{who} are": f"{who}’re" for who in ("you", "we", "they")},
    **{f"{who} will": f"{who}’ll" for who in ("i", "you", "he", "she", "it", "we", "they")},
    **{f"{who} have": f"{who}’ve" for who in ("i", "you", "we", "they")},
    **{f"{who} is": f"{who}’s" for who in ("it", "he", "she", "that")},
    "i am": "i’m",
    "let us": "let’s",
}
_ONE_WORD: Final = {"cannot": "can’t", "goodbye": "bye", "hello": "hi"}


def _as(word: str, like: str) -> str:
    """`word` with the capital letter that `like` begins with; "i" is always one."""
    capital = like[:1].isupper() or re.match(r"i\b", word) is not None
    return word[:1].upper() + word[1:] if capital else word


def longer(sentence: Sentence) -> Turned:
    """Open the short forms of a sentence and replace casual words.

    Returns:
        (changes, doubts); with any doubt the changes are worth nothing.
    """
    changes: list[Change] = []
    doubts: list[Doubt] = []
    for place, token in enumerate(sentence.tokens):
        following = sentence.tokens[place + 1 : place + 2]
        after = following[0].small if following else ""
        if re.fullmatch(r"\w+n[’']t", token.small) and _asks(sentence, place):
            stem = token.small[:-3]
            verb = "am" if (stem, after) == ("are", "i") else _NOT.get(stem, stem)
            if after in _ASKED and verb and (sentence.asks or stem != "do"):
                new = f"{_as(verb, token.text)} {following[0].text} not"
                changes.append(((token.start, following[0].end), "contraction", new))
            elif sentence.asks or after in _ASKED:
                doubts.append((token.span, "contraction"))  # "Isn't the house nice?"
            else:
                changes.append((token.span, "contraction", _as(f"{verb} not", token.text)))
            continue
        if token.small in WORDINGS:
            changes.append((token.span, "wording", _as(WORDINGS[token.small], token.text)))
            continue
        head, mark, tail = re.split(r"([’'])", token.text + "’", maxsplit=1)
        tail = tail.removesuffix("’").lower()
        if not mark or not tail:
            continue
        opened = _opened(head.lower(), tail, after)
        if opened:
            changes.append((token.span, "contraction", _as(opened, token.text)))
        elif opened is None:
            doubts.append((token.span, "contraction"))
    return changes, doubts


def _asks(sentence: Sentence, place: int) -> bool:
    """Whether the verb there stands before its subject: first in its clause, or behind "why"."""
    before = sentence.tokens[place - 1].small if place else ""
    return not before or not before[0].isalpha() or before in _WHY


def _opened(head: str, tail: str, after: str) -> str | None:
    """The long form; "" where nothing is to be opened, None where it cannot be decided."""
    if tail == "t" and head.endswith("n"):
        stem = _NOT.get(head[:-1], head[:-1])
        return (f"{stem} not" if stem != "can" else "cannot") if stem else None
    if tail in _LONG:
        return f"{head} {_LONG[tail]}"
    if tail == "s":
        if head == "let":
            return "let us"
        if head not in _PRONOUNS:
            return ""  # a name or a thing: mostly it owns something
        if after.endswith("ed"):
            return None
        return f"{head} {'has' if after in _PARTICIPLES else 'is'}"
    if tail == "d":
        if after in _BARE:
            return f"{head} would"
        return f"{head} had" if after in (_PARTICIPLES | {"better"}) else None
    return ""


def shorter(sentence: Sentence) -> Turned:
    """Use the short forms of a sentence.

    Returns:
        (changes, doubts); there are never doubts: what stands last in its clause stays long ("Yes,
        I am.").
    """
    changes: list[Change] = []
    tokens, place = sentence.tokens, 0
    while place < len(tokens):
        token = tokens[place]
        pair = f"{token.small} {tokens[place + 1].small}" if place + 1 < len(tokens) else ""
        short = _SHORT_NOT.get(pair) or (_SHORT.get(pair) if _goes_on(tokens, place + 2) else None)
        if short:
            span = (token.start, tokens[place + 1].end)
            changes.append((span, "contraction", _as(short, token.text)))
            place += 2
            continue
        if pair == "thank you":
            changes.append(
                ((token.start, tokens[place + 1].end), "wording", _as("thanks", token.text))
            )
            place += 2
            continue
        if token.small in _ONE_WORD:
            changes.append((token.span, "wording", _as(_ONE_WORD[token.small], token.text)))
        place += 1
    return changes, []


def _goes_on(tokens: tuple[Token, ...], place: int) -> bool:
    return place < len(tokens) and tokens[place].text[:1].isalpha()
