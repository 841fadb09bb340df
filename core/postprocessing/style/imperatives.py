"""German imperatives to a du: where a sentence gives an order, and how sure that is.

Invariant: only a form of verbs.de.txt is an imperative. Where it is a noun as well ("Spiel"), or
somebody may speak of himself ("Freue mich"), the words behind it must decide; else it is unsure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.postprocessing.style.clauses import Token, word_set
from core.postprocessing.style.verbs import looked_up, verbs

_OPENERS: Final = word_set("bitte dann also jetzt nun na los doch ach hey und aber")
NO_COMMANDS: Final = word_set(
    "mein sein dank danke liebe lieb fest frei stimme grüße reis weise sorge hass trotz laut weg "
    "statt bis gut alle beide mal arbeit acht bild end wert erst wend zeit"
)
_NOUNS_TOO: Final = word_set(
    "halt lauf ruf fang fall rate schlag trag trink koch spiel besuch versuch bau tanz wein fisch "
    "plan start stopp stoppe schau reise frage suche feier ruhe pflege antwort wunder ärger "
    "dusch tausch druck kauf zahl bad kopie post mail klick probe leg dreh lauf teil teile "
    "zeichen schrei traum atem schutz verrat verlauf rasiere rat husten angel"
)
_OBJECTS: Final = word_set(
    "mir mich dir dich uns ihn ihm ihr es sie mal doch bitte nicht den die das ein eine einen dein "
    "deine deinen deinem deiner kein keine keinen diese dieses diesen meine meinen mein alle alles "
    "nur ruhig lieber immer nie etwas"
)
_PARTICLES: Final = word_set(
    "an auf ab aus ein weg los mit her hin heim zu vor nach weiter zurück vorbei um fest herein"
)
_SUBJECTS: Final = word_set("ich wir er man jemand")
_REFLEXIVE: Final = word_set(
    "freuen melden wundern bedanken ärgern erkundigen interessieren entschuldigen irren schämen"
)
_UNKNOWN_START: Final = re.compile(r"\w+[^\Wtn]$")
_NO_VERBS: Final = word_set(
    "mit bei von zu aus nach seit wegen trotz während dank statt in an auf über unter vor hinter "
    "neben zwischen bis außer laut für ohne gegen um durch war soll muss darf will mag weil ob und "
    "aber auch nur nie wie wer was wo da hier alles viel sehr gern mir dir er sie es wir ihr man "
    "jeder all kam gab sah rief half lag stand blieb ging ohne danke liebe möge würde könnte hätte "
    "sollte wollte habe wenn dass falls obwohl sobald damit der das dem die den als so ja "
    "eine keine meine seine ihre unsere diese jede alle tue hab wäre hatte gestern heute "
    "morgen jetzt"
)


@dataclass(frozen=True)
class Command:
    """An imperative.

    Args:
        token: itself.
        infinitive: of its verb, as it stands before Sie.
        is_sure: whether it can be nothing else.
        names_itself: whether, if unsure, it is told even where nothing else says du.
    """

    token: Token
    infinitive: str
    is_sure: bool
    names_itself: bool = False


def command(tokens: Sequence[Token], opened: str, after_command: bool) -> Command | None:
    """The imperative of a part of a sentence.

    Args:
        tokens: the part, without joining words at its start.
        opened: "start", "comma" or "joined": what the part begins behind.
        after_command: whether the part before gives an order.

    Returns:
        None where none of its words may be one.
    """
    place, polite = 0, False
    while place < len(tokens) - 1 and tokens[place].small in _OPENERS:
        polite = polite or tokens[place].small == "bitte"
        place += 1
    token = tokens[place]
    following = [each.small for each in tokens[place + 1 :] if each.text[0].isalpha()]
    after = following[0] if following else ""
    if polite and "um" in following and looked_up(token.text, verbs().commands) is None:
        return Command(tokens[0], "bitten", False)  # "Bitte deine Mutter um Hilfe."
    if opened != "start" and not token.text.islower():
        return None
    infinitive = looked_up(token.small, verbs().commands)
    if after in _SUBJECTS:
        return None  # "…, backe ich dir einen Kuchen"
    if infinitive is None or token.small in NO_COMMANDS:
        starts = opened != "joined" and _UNKNOWN_START.match(token.small)
        odd = starts and token.small not in _NO_VERBS and re.match("dich|dir|dein", after)
        return Command(token, "", False) if odd else None
    if token.small == infinitive or (token.small == "bitte" and place == 0):
        return None
    if not following and token.small in _NOUNS_TOO:
        return Command(token, infinitive, False)  # "Halt!", "Antwort: …"
    sure = _is_sure(token, infinitive, following, after)
    if opened == "joined" and not after_command:
        sure = False
    return Command(token, infinitive, sure, names_itself=polite or opened == "start")


def _is_sure(token: Token, infinitive: str, following: list[str], after: str) -> bool:
    alone = len(following) == 1 and after in _PARTICLES
    if token.small in _NOUNS_TOO:
        return after in _OBJECTS or alone
    if not token.small.endswith("e"):
        return True
    # "Freue mich auf dich", "Warte auf deine Antwort": perhaps somebody speaks of himself.
    if infinitive in _REFLEXIVE and after in ("mich", "mir", "uns"):
        return False
    if after in ("dich", "dir"):
        return True
    behind = next((place for place, word in enumerate(following) if word[:3] in _YOURS), None)
    if behind and following[behind - 1] in _PREPOSITIONS:
        return False
    return after in _OBJECTS or alone or _is_hard(token.small, infinitive)


_YOURS: Final = ("dic", "dir", "dei")
_PREPOSITIONS: Final = word_set("auf an für von mit bei zu über um nach vor")


def _is_hard(small: str, infinitive: str) -> bool:
    """Whether the imperative has no form without its e: warte, öffne, entschuldige."""
    return verbs().ordered.get(infinitive) == small
