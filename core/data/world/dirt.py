"""What happens to text on its way through the web: broken encoding, menus, copies.

Invariant: dirt has a random generator of its own, so the clean text underneath is exactly the text
generated without dirt.
"""

from html.entities import codepoint2name
from random import Random
from typing import Final

_ODD_SPACES: Final = 0.3  # share of spaces doubled in a text with odd spacing

_ABOVE: Final = {
    "de": (
        "Startseite | Nachrichten | Wetter | Kontakt",
        "Wir verwenden Cookies. Alle annehmen | Einstellungen",
        "Menü ☰ Ahornbach aktuell » Geschichten",
        "Anmelden | Registrieren | Newsletter bestellen",
    ),
    "en": (
        "Home | News | Weather | Contact",
        "We use cookies. Accept all | Settings",
        "Menu ☰ Ahornbach today » Stories",
        "Sign in | Register | Subscribe to our newsletter",
    ),
}
_BELOW: Final = {
    "de": (
        "© Ahornbach aktuell. Alle Rechte vorbehalten.",
        "Impressum | Datenschutz | AGB",
        "Artikel teilen: E-Mail | Drucken",
        "Das könnte Sie auch interessieren » mehr lesen",
    ),
    "en": (
        "© Ahornbach today. All rights reserved.",
        "Imprint | Privacy | Terms of use",
        "Share this article: e-mail | print",
        "You may also like » read more",
    ),
}


def noisy(text: str, random: Random) -> str:
    """The text as a careless program would leave it; cleaning can undo the damage.

    One of three: UTF-8 read as Windows-1252 ("schÃ¶n"), doubled spaces, HTML entities. If the
    chosen one would leave the text unchanged, spaces are doubled instead.
    """
    kind = int(random.random() * 3)
    if kind == 0 and not text.isascii():
        return "".join(_misread(byte) for byte in text.encode("utf-8"))
    if kind == 1 and not text.isascii():
        return "".join(_entity(character) for character in text)
    return "".join(
        "  " if character == " " and random.random() < _ODD_SPACES else character
        for character in text
    )


def _misread(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:  # undefined in Windows-1252; browsers pass such bytes on
        return chr(byte)


def _entity(character: str) -> str:
    name = codepoint2name.get(ord(character)) if ord(character) > 127 else None
    return f"&{name};" if name else character


def between_boilerplate(text: str, lang: str, random: Random) -> str:
    """The text with a menu or cookie banner above it and a footer below."""
    above, below = _ABOVE[lang], _BELOW[lang]
    return "\n".join(
        (above[int(random.random() * len(above))], text, below[int(random.random() * len(below))])
    )
