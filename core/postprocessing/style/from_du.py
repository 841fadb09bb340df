"""German from du to Sie: pronouns, possessives, the verbs that go with them, and the imperative.

Invariant: whatever says du is turned, or its sentence is in doubt. A form that is not known, or
that could be something else as well, is a doubt; nothing that addresses a du is passed over.
"""

import re
from dataclasses import dataclass, field
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
from core.postprocessing.style.imperatives import NO_COMMANDS, Command, command
from core.postprocessing.style.verbs import looked_up, verbs

_POSSESSIVES: Final = {
    **{f"dein{ending}": f"Ihr{ending}" for ending in ("", "e", "em", "en", "er", "es")},
    **{"deins": "Ihres", "deinetwegen": "Ihretwegen", "deinerseits": "Ihrerseits"},
}
_PLURAL_YOU: Final = word_set("euch euer eure eurem euren eurer eures")
_SUBJECTS: Final = word_set("ich wir er man wer")
_JOINING: Final = word_set("und oder aber denn sondern")
_SUBORDINATING: Final = word_set(
    "wenn dass weil ob obwohl falls sobald bevor nachdem damit solange sodass"
)
_ASKING: Final = word_set("wie was wer wo wann warum wen wem woher wohin weshalb wieso")
_NOT_VERBS: Final = word_set(
    "fast sonst selbst erst zuerst meist längst jüngst ist einst nächst höchst trotzdem herbst "
    "angst lust rest post gast durst dienst kunst fest samst obst kürzlichst mist trost"
)
_SPOKEN: Final = word_set(
    "haste biste kannste willste weißte siehste hörste meinste kommste gehste machste glaubste "
    "sollste warste"
)
_AUXILIARIES: Final = word_set("hast bist wirst hattest warst wurdest hättest wärst wärest würdest")
_VERBLESS: Final = word_set("und aber nur auch nicht du ? !")
_NOUN_DU: Final = word_set("das per zum beim vom ein dieses")
_HELPED: Final = word_set("mich uns ihn sie ihm ihr mir")
_GREETINGS: Final = {"hallo": "Guten Tag", "hi": "Guten Tag", "tschüss": "Auf Wiedersehen"}


@dataclass
class _Part:
    """A stretch of a sentence with at most one finite verb of its own.

    Args:
        tokens: without commas and joining words.
        opened: what it begins behind: "start", "comma" or "joined".
    """

    tokens: list[Token]
    opened: str
    command: Command | None = None
    du: list[int] = field(default_factory=list)  # places of du as a subject
    inherits: bool = False  # du, or who is commanded, is the subject of the part before

    def words(self) -> list[str]:
        return [token.small for token in self.tokens]

    @property
    def addressed(self) -> bool:
        """Whether its subject is who is spoken to."""
        return bool(self.du) or self.command is not None or self.inherits

    @property
    def others(self) -> bool:
        """Whether it holds a subject that is somebody else."""
        return any(word in _SUBJECTS for word in self.words())

    @property
    def in_infinitive(self) -> bool:
        """Whether it ends with "zu" and an infinitive: its subject stands in another part."""
        words = [word for word in self.words() if word.isalpha()]
        return any(
            (words[place - 1] == "zu" and words[place].endswith("n"))
            or re.fullmatch(r"\w{2,10}zu\w+n", words[place]) is not None
            for place in range(1, len(words))
        )


def _parts(sentence: Sentence) -> list[_Part]:
    """Cut at commas, before words that subordinate, and at words that join."""
    found: list[_Part] = []
    for number, clause in enumerate(sentence.clauses):
        part = _Part([], "comma" if number else "start")
        for token in clause:
            joins, opens = token.small in _JOINING, token.small in _SUBORDINATING
            if (joins or opens) and part.tokens:
                found.append(part)
                part = _Part([], "joined" if joins else "comma")
            if not joins:
                part.tokens.append(token)
            elif part.opened == "comma":
                part.opened = "joined"
        found.append(part)
    return [part for part in found if part.tokens]


def to_formal(sentence: Sentence) -> Turned:
    """From du to Sie.

    Args:
        sentence: outside quotations.

    Returns:
        (changes, doubts); with any doubt the changes are worth nothing.
    """
    changes: list[Change] = []
    doubts: list[Doubt] = []
    parts = _parts(sentence)
    says_du = any(re.match(r"(?:du|dich|dir|dein\w*)$", token.small) for token in sentence.tokens)
    for number, part in enumerate(parts):
        before = parts[number - 1] if number else None
        _read(part, before, says_du)
        if number == 0 and (greeting := _GREETINGS.get(part.tokens[0].small)):
            changes.append((part.tokens[0].span, "wording", greeting))
        after = parts[number + 1] if number + 1 < len(parts) else None
        if part.words() == ["du"] and _is_plural(part, before, after):
            doubts.append((part.tokens[0].span, "plural"))
        for turn in (_imperative, _verb, _stray):
            more, unsure = turn(part, says_du)
            changes += more
            doubts += unsure
        more, unsure = _pronouns(part, parts[:number])
        changes += more
        doubts += unsure
    return changes, doubts


def _read(part: _Part, before: _Part | None, says_du: bool) -> None:
    """Find out who a part is about."""
    words = part.words()
    for place, word in enumerate(words):
        compared = place and words[place - 1] in ("als", "wie") and place >= len(words) - 2
        if word == "du" and not (compared and part.tokens[-1].small in ("du", ".", "!", "?")):
            part.du.append(place)
    if not part.du:
        joined = before is not None and before.command is not None
        part.command = command(part.tokens, part.opened, after_command=joined)
    follows = part.opened == "joined" and before is not None and before.addressed
    part.inherits = follows and not part.du and part.command is None and not part.others


def _is_plural(part: _Part, before: _Part | None, after: _Part | None) -> bool:
    """Whether du is one of several: "du und deine Schwester seid", but not "du und ich sind"."""
    joins = after is not None and after.opened == "joined" and not after.others
    joined = part.opened == "joined" and before is not None and not before.others
    return joins or joined


def _imperative(part: _Part, says_du: bool) -> Turned:
    found = part.command
    if found is None:
        return [], []
    if not found.is_sure:
        part.command = None
        return [], [(found.token.span, "verb")] if says_du or found.names_itself else []
    new = cased(f"{found.infinitive} Sie", found.token.text)
    return [(found.token.span, "imperative", new)], []


def _candidates(part: _Part) -> list[int]:
    """Places of forms that go with du."""
    return [
        place
        for place, token in enumerate(part.tokens)
        if looked_up(token.text, verbs().formal)
        and (token.text.islower() or place == 0)
        and token.small not in _NOT_VERBS
        and (part.command is None or token is not part.command.token)
    ]


def _verb(part: _Part, says_du: bool) -> Turned:
    """The finite verb of a part whose subject is du."""
    places = _candidates(part)
    chosen: int | None = None
    words = part.words()
    if part.du:
        if set(words) <= _VERBLESS:
            return [], []
        near = [place for place in places if min(abs(place - du) for du in part.du) == 1]
        if len(near) == 2 and words[near[0]] in _AUXILIARIES:
            near = near[:1]  # "Bist du verreist?"
        chosen = near[0] if len(near) == 1 else places[-1] if places and not near else None
        if chosen is None:
            beside = [place for du in part.du for place in (du - 1, du + 1)]
            beside = [place for place in beside if 0 <= place < len(words)]
            unknown = next((place for place in beside if _unknown(part, place)), part.du[0])
            return [], [(part.tokens[unknown].span, "verb")]
    elif part.inherits and places:
        last = max(place for place, word in enumerate(words) if word.isalpha())
        chosen = next((place for place in places if place in (0, last)), None)
    auxiliary = chosen is not None and words[chosen] in _AUXILIARIES
    doubts: list[Doubt] = []
    for place in places:
        participle = auxiliary and not any(word.isalpha() for word in words[place + 1 :])
        stray = not part.others and not _is_third_person(words[place])
        if place != chosen and not participle and (part.addressed or stray):
            doubts.append((part.tokens[place].span, "verb"))
    for du in part.du:
        for place in (du - 1, du + 1):
            if 0 <= place < len(words) and place not in places and _unknown(part, place):
                doubts.append((part.tokens[place].span, "verb"))
    if chosen is None:
        return [], doubts
    token = part.tokens[chosen]
    formal = looked_up(token.text, verbs().formal) or ""
    return [(token.span, "verb", cased(formal, token.text))], doubts


def _is_third_person(small: str) -> bool:
    """Whether the form with du is the one with he as well: passt, sitzt, reist."""
    infinitive = looked_up(small, verbs().formal) or ""
    return small == infinitive.removesuffix("en") + "t" or not small.endswith("st")


def _unknown(part: _Part, place: int) -> bool:
    """Whether an unknown word beside du may well be its verb."""
    token = part.tokens[place]
    plain = token.text.islower() or place == 0
    return plain and token.small.endswith("st") and token.small not in _NOT_VERBS


def _stray(part: _Part, says_du: bool) -> Turned:
    """What says du without a rule for it."""
    doubts: list[Doubt] = []
    for place, token in enumerate(part.tokens):
        small = token.small
        noun = small == "du" and token.text == "Du" and place
        if noun and part.tokens[place - 1].small in _NOUN_DU:
            doubts.append((token.span, "verb"))
        elif re.match(r"(?:du|dich|dir)[’']|dein", small) and small not in _POSSESSIVES:
            doubts.append((token.span, "wording"))
        elif (
            place == 0
            and re.split("[’']", small)[0] in verbs().commands
            and small[-2:-1] in ("’", "'")
        ):
            doubts.append((token.span, "verb"))  # "Mach's gut!"
        elif small in _SPOKEN:
            doubts.append((token.span, "verb"))
        elif small in _PLURAL_YOU:
            doubts.append((token.span, "plural"))
        elif place and says_du and not part.addressed and not part.others and token.text.islower():
            # "… das verschiebe nicht": an imperative where none is looked for
            form = looked_up(small, verbs().commands)
            if form and small != form and small not in NO_COMMANDS | {"sei", "halt", "bitte"}:
                doubts.append((token.span, "verb"))
    return [], doubts


def _pronouns(part: _Part, earlier: list[_Part]) -> Turned:
    """du, dich, dir and what they own."""
    changes: list[Change] = []
    doubts: list[Doubt] = []
    words = part.words()
    for place, token in enumerate(part.tokens):
        small = token.small
        if small == "du":
            changes.append((token.span, "pronoun", "Sie"))
        elif small in _POSSESSIVES:
            new = _POSSESSIVES[small]
            changes.append((token.span, "possessive", new))
        elif small in ("dich", "dir"):
            alone = "Sie" if small == "dich" else "Ihnen"
            opens = place == 0 and part.opened == "start"
            reflexive = _is_reflexive(part, place, words, earlier)
            if reflexive is None:
                doubts.append((token.span, "case"))
            else:
                new = "sich" if reflexive else alone
                changes.append((token.span, "pronoun", cased(new, token.text) if opens else new))
    return changes, doubts


def _is_reflexive(part: _Part, place: int, words: list[str], earlier: list[_Part]) -> bool | None:
    """Whether dich or dir is the subject once more; None where it cannot be decided."""
    if part.command is not None and part.command.infinitive == "lassen":
        begins = words.index(part.command.token.small) + 1
        if set(words[begins:place]) & _HELPED:
            return False
    if part.addressed:
        beside = {words[i] for i in (place - 1, place + 1) if 0 <= i < len(words)}
        if part.others:
            return True if "du" in beside else None
        first = part.du[0] if part.du else 0
        embedded = any(word in _ASKING for word in words[first + 1 : place])
        return None if embedded else True
    if part.in_infinitive and earlier:
        ruler = earlier[-1]
        if ruler.addressed:
            return None if ruler.others or set(ruler.words()) & (_HELPED - {"sie"}) else True
        return None if set(ruler.words()) & {"dich", "dir"} else False
    return False
