"""German from Sie to du: pronouns, possessives, the verbs that go with them, and the imperative.

Invariant: a verb is changed only if its form stands in the table made from verbs.de.txt; anything
else that would have to change is reported as a doubt, and no guess is made.
"""

import re
from typing import Final

from core.postprocessing.style.clauses import (
    Change,
    Doubt,
    Sentence,
    Token,
    Turned,
    cased,
    word_set,
)
from core.postprocessing.style.verbs import looked_up, verbs

_INFORMAL_POSSESSIVES: Final = {
    **{f"Ihr{ending}": f"dein{ending}" for ending in ("", "e", "em", "en", "er", "es")},
    "Ihretwegen": "deinetwegen",
}
_OTHER_SUBJECTS: Final = word_set("ich wir er man wer")
_MODALS: Final = word_set("können müssen dürfen sollen wollen mögen haben sind werden")
_SUBORDINATING: Final = word_set(
    "wenn weil ob obwohl falls sobald bevor nachdem damit solange sodass während seit"
)
_DATIVE: Final = word_set("kaufen holen nehmen merken wünschen bestellen kochen waschen")
_ACCUSATIVE: Final = word_set(
    "setzen freuen erinnern ärgern beeilen kümmern fühlen melden treffen entscheiden legen"
)


def to_informal(sentence: Sentence) -> Turned:
    """From Sie to du.

    Args:
        sentence: outside quotations.

    Returns:
        (changes, doubts); with any doubt the changes are worth nothing. At the start of a sentence
        "Sie" may be she, they or you: only another sign in the sentence makes it you.
    """
    changes: list[Change] = []
    doubts: list[Doubt] = []
    first = sentence.tokens[0] if sentence.tokens else None
    certain = any(_is_formal(token) and token is not first for token in sentence.tokens)
    clauses = sentence.clauses
    for number, clause in enumerate(clauses):
        after_condition = number > 0 and clauses[number - 1][0].small in _SUBORDINATING
        for place, token in enumerate(clause):
            if token.small == "sich" and certain and _in_infinitive(clause):
                doubts.append((token.span, "case"))  # "Vergessen Sie nicht, sich anzumelden."
            if not _is_formal(token):
                continue
            alone = place + 1 == len(clause) or not clause[place + 1].text[0].isalpha()
            if token is first and not certain:
                doubts.append((token.span, "meaning"))
            elif token.text == "Ihnen":
                changes.append((token.span, "pronoun", "Dir" if token is first else "dir"))
            elif token.text == "Ihres" and alone:
                doubts.append((token.span, "wording"))  # "Ist das Ihres?"
            elif token.text in _INFORMAL_POSSESSIVES:
                new = _INFORMAL_POSSESSIVES[token.text]
                changes.append(
                    (token.span, "possessive", cased(new, "D") if token is first else new)
                )
            else:
                mal = not alone and clause[place + 1].small == "mal" and len(clauses) > 1
                asks = sentence.asks and not (mal and number == 0)  # "Sagen Sie mal, …?"
                if after_condition and place == 1 and clause[0].small in verbs().ordered:
                    doubts.append((clause[0].span, "verb"))  # an order, or what follows
                    continue
                more, unsure = _with_verb(clause, place, asks, token is first)
                changes += more
                doubts += unsure
    return list(dict.fromkeys(changes)), doubts


def _is_formal(token: Token) -> bool:
    return token.text in ("Sie", "Ihnen") or token.text in _INFORMAL_POSSESSIVES


def _in_infinitive(clause: list[Token]) -> bool:
    """Whether a clause ends with "zu" and an infinitive, and has no finite verb of its own."""
    words = [token.small for token in clause if token.text[0].isalpha()]
    if len(words) < 2 or not words[-1].endswith("n"):
        return False
    return words[-2] == "zu" or re.fullmatch(r"\w{2,10}zu\w+n", words[-1]) is not None


def _with_verb(clause: list[Token], place: int, asks: bool, first: bool) -> Turned:
    """One "Sie" with its verb: a command, a subject before or behind its verb, or an object."""
    token, table = clause[place], verbs()
    before = clause[place - 1] if place else None
    if before and before.small in table.ordered and _opens(clause, place - 1) and not asks:
        command = cased(table.ordered[before.small], before.text)
        return _reflexive(
            clause, before.small, [((before.start, token.end), "imperative", command)]
        )
    following = clause[place + 1 :]
    rest = [each for each in following if each.text[0].isalpha()]
    if before and before.small in ("als", "wie") and not rest:
        return [(token.span, "pronoun", "du")], []
    who = before is not None and before.small in ("sind", "waren")
    if any(other.small in _OTHER_SUBJECTS for other in clause) and not who:
        several = sum(other.text == "Sie" for other in clause) > 1
        joined = before is not None and before.small in ("und", "oder", "aber")
        if several or joined:
            return [], [(token.span, "meaning")]
        return [(token.span, "pronoun", "dich")], []
    if _in_infinitive(clause) and len([t for t in clause[:place] if t.text[0].isalpha()]) == 0:
        return [(token.span, "pronoun", "dich")], []
    behind = following[:1] if following and looked_up(following[0].text, table.informal) else []
    last = [t for t in following if looked_up(t.text, table.informal) and t.text.islower()][-1:]
    leading = [before] if before and looked_up(before.text, table.informal) else []
    verb = next(iter([*leading, *(behind if place == 0 else last), *last]), None)
    if verb is None:
        return [], [(token.span, "verb")]
    if any(t.small in _MODALS for t in following if t is not verb) and verb.small not in _MODALS:
        return [], [(verb.span, "verb")]  # "was Sie heute können besorgen"
    informal = looked_up(verb.text, table.informal) or ""
    changes = [
        (token.span, "pronoun", "Du" if first else "du"),
        (verb.span, "verb", cased(informal, verb.text)),
    ]
    return _reflexive(clause, verb.small, changes)


def _opens(clause: list[Token], place: int) -> bool:
    """Whether a verb there gives an order: first in its clause, or behind "bitte" or "und"."""
    return place == 0 or clause[place - 1].small in ("bitte", "und", "oder")


def _reflexive(clause: list[Token], verb: str, changes: list[Change]) -> Turned:
    """The changes, with "sich" turned as the verbs of the clause want it."""
    doubts: list[Doubt] = []
    infinitives = {verb, *(token.small for token in clause)}
    for token in clause:
        if token.small == "sich":
            if infinitives & _ACCUSATIVE:
                changes.append((token.span, "pronoun", "dich"))
            elif infinitives & _DATIVE:
                changes.append((token.span, "pronoun", "dir"))
            else:
                doubts.append((token.span, "case"))
    return changes, doubts
