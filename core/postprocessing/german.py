"""German du and Sie: pronouns, possessives, the verbs that go with them, and the imperative.

Invariant: a verb is changed only if its form stands in the table made from verbs.de.txt; anything
else that would have to change is reported as a doubt, and no guess is made.
"""

from typing import Final

from core.postprocessing.clauses import Change, Doubt, Sentence, Token, Turned, cased, word_set
from core.postprocessing.verbs import looked_up, verbs

_POSSESSIVES: Final = {
    f"dein{ending}": f"Ihr{ending}" for ending in ("", "e", "em", "en", "er", "es")
}
_INFORMAL_POSSESSIVES: Final = {formal: du for du, formal in _POSSESSIVES.items()}
_PLURAL_YOU: Final = word_set("euch euer eure eurem euren eurer eures")
_OTHER_SUBJECTS: Final = word_set("ich wir er man wer")
_NOT_VERBS: Final = word_set(
    "fast sonst selbst erst zuerst meist längst jüngst ist einst nächst höchst sonst trotzdem "
    "herbst angst lust rest post gast durst dienst kunst fest samst"
)
# Words that are nouns as well; as an imperative only before one of the words that follow.
_NOUNS_TOO: Final = word_set("halt lauf ruf fang fall rate schlag trag trink koch spiel")
_AFTER_IMPERATIVE: Final = word_set(
    "mal doch bitte nicht mir dir dich uns ihn ihm ihr es zu den die das ein eine einen an auf "
    "ab weg weiter schnell nach mit los heim hier dein deine deinen kein keine"
)
_DATIVE: Final = word_set("kaufen holen nehmen merken wünschen bestellen kochen waschen")
_ACCUSATIVE: Final = word_set(
    "setzen freuen erinnern ärgern beeilen kümmern fühlen melden treffen entscheiden legen"
)

_GREETINGS: Final = {"hallo": "Guten Tag", "hi": "Guten Tag", "tschüss": "Auf Wiedersehen"}


def to_formal(sentence: Sentence) -> Turned:
    """From du to Sie.

    Args:
        sentence: outside quotations.

    Returns:
        (changes, doubts); with any doubt the changes are worth nothing.
    """
    changes: list[Change] = []
    doubts: list[Doubt] = []
    for n, clause in enumerate(sentence.clauses):
        greeting = _GREETINGS.get(clause[0].small)
        if greeting and n == 0:
            changes.append((clause[0].span, "wording", greeting))
        with_du = any(token.small == "du" for token in clause)
        commanded = [] if with_du else _commands(clause, n == 0)
        for token in commanded:
            infinitive = looked_up(token.text, verbs().commands)
            changes.append((token.span, "imperative", cased(f"{infinitive} Sie", token.text)))
        reflexive = with_du or bool(commanded)
        turned_verbs = 0
        for place, token in enumerate(clause):
            small = token.small
            if small == "du":
                changes.append((token.span, "pronoun", "Sie"))
            elif small in ("dich", "dir"):
                alone = "Sie" if small == "dich" else "Ihnen"
                changes.append((token.span, "pronoun", "sich" if reflexive else alone))
            elif small in _POSSESSIVES:
                changes.append((token.span, "possessive", _POSSESSIVES[small]))
            elif small in _PLURAL_YOU:
                doubts.append((token.span, "plural"))
            elif (formal := looked_up(token.text, verbs().formal)) and token not in commanded:
                if with_du:
                    changes.append((token.span, "verb", cased(formal, token.text)))
                    turned_verbs += 1
                elif place == 0 and small in verbs().formal and small.endswith("st"):
                    doubts.append((token.span, "verb"))  # "Kommst heute?"
            elif with_du and _looks_like_verb(clause, place):
                doubts.append((token.span, "verb"))
        if with_du and not turned_verbs:
            du = next(token for token in clause if token.small == "du")
            doubts.append((du.span, "verb"))
    return changes, doubts


def _commands(clause: list[Token], first: bool) -> list[Token]:
    """The imperatives of a clause: at its start, after "bitte", and joined to one of these."""
    found: list[Token] = []
    for place, token in enumerate(clause):
        before = clause[place - 1].small if place else ""
        begins = before == "bitte" if place == 1 else not place and (first or token.text.islower())
        joined = bool(found) and before in ("und", "oder")
        small = token.small
        if not (begins or joined) or looked_up(small, verbs().commands) is None:
            continue
        following = clause[place + 1].small if place + 1 < len(clause) else ""
        if small in _NOUNS_TOO and following not in _AFTER_IMPERATIVE:
            continue
        if place == 0 and not first and following not in _AFTER_IMPERATIVE:
            continue
        found.append(token)
    return found


def _looks_like_verb(clause: list[Token], place: int) -> bool:
    """Whether an unknown word beside du may well be its verb."""
    token = clause[place]
    beside = [clause[i].small for i in (place - 1, place + 1) if 0 <= i < len(clause)]
    plain = token.text.islower() or place == 0
    return plain and token.small.endswith("st") and token.small not in _NOT_VERBS and "du" in beside


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
    for clause in sentence.clauses:
        for place, token in enumerate(clause):
            if not _is_formal(token):
                continue
            if token is first and not certain:
                doubts.append((token.span, "meaning"))
            elif token.text == "Ihnen":
                changes.append((token.span, "pronoun", "Dir" if token is first else "dir"))
            elif token.text in _INFORMAL_POSSESSIVES:
                new = _INFORMAL_POSSESSIVES[token.text]
                changes.append(
                    (token.span, "possessive", cased(new, "D") if token is first else new)
                )
            else:
                more, unsure = _with_verb(clause, place, sentence, token is first)
                changes += more
                doubts += unsure
    return list(dict.fromkeys(changes)), doubts


def _is_formal(token: Token) -> bool:
    return token.text in ("Sie", "Ihnen") or token.text in _INFORMAL_POSSESSIVES


def _with_verb(clause: list[Token], place: int, sentence: Sentence, first: bool) -> Turned:
    """One "Sie" with its verb: a command, a subject before or behind its verb, or an object."""
    token, table = clause[place], verbs()
    before = clause[place - 1] if place else None
    if before and before.small in table.ordered and _opens(clause, place - 1) and not sentence.asks:
        command = cased(table.ordered[before.small], before.text)
        return _reflexive(
            clause, before.small, [((before.start, token.end), "imperative", command)]
        )
    if any(other.small in _OTHER_SUBJECTS for other in clause):
        return [(token.span, "pronoun", "dich")], []
    following = clause[place + 1 :]
    behind = following[:1] if following and looked_up(following[0].text, table.informal) else []
    last = [t for t in following if looked_up(t.text, table.informal) and t.text.islower()][-1:]
    leading = [before] if before and looked_up(before.text, table.informal) else []
    verb = next(iter([*leading, *(behind if place == 0 else last), *last]), None)
    if verb is None:
        return [], [(token.span, "verb")]
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
