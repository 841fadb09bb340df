"""What a postal address looks like, written the German way and the English way.

Invariant: as in patterns.py, every repetition has a limit.
"""

import re
from typing import Final

from core.postprocessing.style.clauses import word_set

_NO_STREETS: Final = re.compile(
    r"hering|spring|graben|winkel"
    r"|\w*(?:um|heim|aus|rück|hin|schul|rad|fuß|feld|wander|irr|dienst|rechts|brems|seil|lehr)weg"
    r"|\w*(?:park|spiel|sport|arbeits|stell|sitz|steh|start|vor|tabellen|listen|camping|liege|zelt"
    r"|ehren|studien|ausbildungs|kita|fenster|golf|tennis|fußball|flug|rast|bau|schlaf|lager)platz"
    r"|\w*(?:super|floh|wochen|weihnachts|jahr|bau|arbeits|aktien|wohnungs|drogerie|bio)markt"
    r"|\w*(?:steuer|dicht|kolben|ohr|schlüssel|box|ehe|rettungs|finger|zahn)ring"
    r"|\w*(?:schlag|kopf|fuß|befehls|text)zeile|\w*blickwinkel|bahnsteig|staudamm|lernpfad"
    r"|sackgasse"
)


def no_street(word: str) -> bool:
    """Whether a German word in small letters ends like a street and is none."""
    return _NO_STREETS.fullmatch(word) is not None


UNITS: Final = (
    *("uhr", "zu", "bis", "mal", "euro", "cent", "km", "m", "meter", "kilometer", "stunden?"),
    *("minuten?", "tage?", "jahre?", "wochen?", "personen", "menschen", "gäste", "plätze"),
    *("bäume", "stück", "prozent", "grad", "punkte"),
)
"""What follows a number that counts something, and is no house number."""

COUNTED: Final = word_set(
    "besucher besucherinnen wörter zuschauer zuhörer einwohner seiten zeilen franken euro menschen "
    "gäste personen kinder autos zeichen tage stunden jahre punkte meter kilometer stück bäume "
    "plätze leute teilnehmer mitglieder stimmen schritte bücher texte token"
)
"""Nouns that four digits count; in the same place, other nouns are towns."""

_CAPITAL = r"[A-ZÄÖÜ]"
_WORD = rf"{_CAPITAL}[\wäöüß'-]{{1,24}}"

# 7, 12a, 14-16, 3 b
_HOUSE = (
    r"\d{1,4}(?: ?[a-z](?![\w]))?"
    r"(?: ?[-–/+] ?(?:(?:Top|Tür|Stiege|Stg\.?) ?)?\d{1,4}(?: ?[a-z](?!\w))?){0,3}(?!\w)"
)
_TOWN = (
    rf"(?:Bad |Sankt |St\. )?{_WORD}"
    rf"(?: (?:am|an der|im|bei|ob der|in der|vor der) {_WORD}| \({_WORD}\))?"
)
_MUST_TOWN = (
    rf"(?P<town>(?:, ?|\s{{1,2}}|,\n| ?[·|•] ?)(?P<country>(?:DE?|AT?|CH|FL)[- ])?"
    rf"(?P<code>\d{{4,5}}) {_TOWN})"
)
_AT_TOWN = rf"{_MUST_TOWN}?"

_ENDING = (
    r"(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|weg|allee|gasse|platz|ring|damm|ufer|steig|pfad|markt|chaussee"
    r"|promenade|zeile|winkel|graben|kai|-(?:Weg|Allee|Gasse|Platz|Ring|Damm|Ufer|Steig|Markt))"
)
_OWN_ENDING = r"(?:Stra(?:ß|ss)e|Str\.|Weg|Allee|Gasse|Platz|Ring|Damm|Ufer|Markt|Chaussee|Hof)"
_NO_ARTICLE = r"(?!(?:Der|Die|Das|Den|Dem|Ein|Kein|Jeder|Auf|Von|Vom|Um|Mit|Bei|Beim|Nach|Für) )"
_BEFORE = r"(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Hinter der)"
_NATURE = (
    r"(?:Markt|Mühle|Platz|Ring|Park|Berg|Bach|See|Wald|Hang|Tor|Kirche|Brücke|Dom|Schloss|Anger"
    r"|Graben|Linden|Wiese|Garten|Brunnen|Teich|Feld|Turm)"
)


def _german(street: str, town: str = _AT_TOWN) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?P<street>{street})(?: |(?<=[Ss]tr\.)){_HOUSE}{town}")


GERMAN: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("street", _german(rf"{_CAPITAL}[\w.'-]{{0,40}}?{_ENDING}")),  # Rosenweg 7
    ("at_the", _german(rf"{_BEFORE} (?:{_WORD} )?{_NATURE}")),  # An der Alten Mühle 12
    (
        "two_words",
        _german(rf"{_NO_ARTICLE}{_CAPITAL}[\w'-]{{1,30}} {_OWN_ENDING}"),
    ),  # Berliner Straße 48
    (  # Straße des 17. Juni 135
        "of_the",
        _german(rf"(?:Stra(?:ß|ss)e|Platz|Allee|Ufer) (?:des|der|am|zum|zur) (?:\d\d?\. )?{_WORD}"),
    ),
    (
        "post_box",
        re.compile(rf"(?<!\w)(?P<street>Postfach) \d[\d ]{{0,7}}\d(?!\w){_AT_TOWN}"),
    ),
)
"""Name of a form -> what it looks like; groups "street", "town", "country" and "code"."""

IN_TOWN: Final = _german(rf"{_BEFORE} {_WORD}(?: {_WORD})?", _MUST_TOWN)
"""Am Sandtor 3, 20457 Hamburg: only with its town it is an address."""

_KINDS_OF_STREET = (
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Dr|Close|Way|Terrace|Place|Square|Court"
    r"|Crescent|Gardens|Boulevard|Blvd|Hill|Park|Row|Mews|Grove)(?!\w)"
)
_ROOM = r"(?:Flat|Apt\.?|Apartment|Unit|Suite|Room) \d{0,4}[A-Za-z]?(?!\w)"
_UK = r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)"
_US = r"[A-Z]{2} \d{5}(?:-\d{4})?(?!\w)"
_PLACE = rf"{_WORD}(?: {_WORD})?"
_WHERE = rf"(?P<town>,? (?:{_UK}|{_PLACE},? (?:{_UK}|{_US}))|,? Ahornbach(?!\w)|\n{_WORD}(?=\n|$))?"

ENGLISH: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "number_first",  # 7 Rose Lane; Flat 3, 5 Old Market Square
        re.compile(
            rf"(?<![\w.,:/-])(?<!\d )(?:{_ROOM}, )?(?P<house>\d{{1,5}}[a-zA-Z]? (?:{_WORD} ){{1,3}}"
            rf"{_KINDS_OF_STREET})(?:, {_ROOM})?{_WHERE}"
        ),
    ),
    (
        "po_box",
        re.compile(rf"(?<!\w)(?P<house>P\.?O\.? ?Box \d{{1,6}})(?!\w){_WHERE}"),
    ),
)
"""Name of a form -> what it looks like; groups "house" and "town"."""
