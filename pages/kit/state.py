"""What the pages know about their visitor: settings from the URL, identity from the cookie.

Every setting that a shared link must carry is in `SETTINGS`, once, with its type and range: those
of all pages are here, a station's own in the `settings.py` beside its parts. Its name is both the
query parameter and the widget's key; a value at its start is left out of the URL.
Identity is never in the URL: `owner()` comes only from the HttpOnly cookie.
"""

import secrets
import threading
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args
from unicodedata import category

import streamlit as st

from core.identity import COOKIE_FORM, OWNER_COOKIE, api_key, owner_of
from core.languages import LANGS, Lang
from core.modality import MODALITIES, PICTURES, TEXT
from pages.kit.catalogue import Words, closest, words
from pages.kit.once_a_run import once_a_run
from pages.kit.setting import Setting

Depth = Literal["watch", "try", "dig"]
DEPTHS: Final[tuple[Depth, ...]] = get_args(Depth)

PAGES: Final = Path(__file__).parents[1]

FILLERS: Final = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs drawn as nothing

TRAVELLING: Final = {TEXT: "sentence", PICTURES: "caption"}
"""Which setting travels with the visitor through the steps, for each kind of data."""

first_question: Final = threading.Event()  # set once any page of this process shows its question


EVERYWHERE: Final = (
    Setting("lang", None, choices=LANGS),  # starts as the browser's language
    Setting("depth", "try", choices=DEPTHS),
    Setting("tour", False),
    Setting("modality", TEXT, choices=tuple(MODALITIES)),
    Setting("sentence", "", max_length=160),  # starts as the first starter of the language
    Setting("caption", "", max_length=160),  # the same for pictures
    Setting("seed", 7, low=0, high=9999, step=1),
)


def _found() -> Iterator[Setting]:
    """Those of all pages, then those of every station, from the `settings.py` beside it."""
    yield from EVERYWHERE
    for file in sorted(PAGES.glob("*/**/settings.py")):
        module = ".".join(file.relative_to(PAGES.parent).with_suffix("").parts)
        yield from import_module(module).SETTINGS


SETTINGS: Final[dict[str, Setting]] = {setting.name: setting for setting in _found()}


def value(name: str) -> Any:
    """The value in force: the widget's, else the URL's, else the setting's start."""
    given = st.session_state.get(name, st.query_params.get(name))
    admitted = SETTINGS[name].admit(given)
    return start(name) if admitted in (None, "") else admitted


def start(name: str) -> Any:
    """A setting's initial value; for some it depends on the language."""
    if name in TRAVELLING.values():
        return starters(name)[lang()][0]
    setting = SETTINGS[name]
    return setting.begins() if setting.begins else setting.start


def put_in_url(name: str) -> None:
    """Write a setting to the address, or remove it if it is at its start."""
    now = value(name)
    if now == start(name):
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != str(now):
        st.query_params[name] = str(now)


def lang() -> Lang:
    """The language in force; on a first visit, the browser's."""
    return cast(Lang, value("lang")) or closest(st.context.locale)


def depth() -> Depth:
    """How deep the visitor wants to go: watch, try or dig."""
    return cast(Depth, value("depth"))


def modality() -> str:
    """The kind of data the visitor looks at: a name of core.modality.MODALITIES."""
    return cast(str, value("modality"))


def starters(name: str) -> Mapping[str, tuple[str, ...]]:
    """The prompts to begin with of a travelling setting, by language."""
    return next(MODALITIES[kind].prompts() for kind, known in TRAVELLING.items() if known == name)


def sentence() -> str:
    """The travelling sentence of the text pages; see `travelling`."""
    return travelling("sentence")


def caption() -> str:
    """The travelling caption of the picture pages; see `travelling`."""
    return travelling("caption")


def travelling(name: str) -> str:
    """What travels with the visitor: as typed, or the language's first beginning; never empty, nor
    made of characters that nobody can see.
    """
    typed = cast(str, value(name)).strip()
    return typed if can_be_seen(typed) else cast(str, start(name))


def can_be_seen(text: str) -> bool:
    """Whether a text has anything to see; blanks, zero-width and control characters are nothing."""
    return any(category(sign)[0] not in "CZ" and sign not in FILLERS for sign in text)


def seed() -> int:
    """The seed of everything random that the visitor starts."""
    return cast(int, value("seed"))


def t() -> Words:
    """The word catalogue in the visitor's language."""
    return words(lang())


def theme() -> Literal["light", "dark"]:
    """The colour theme in force, for figures drawn on the server."""
    return "dark" if st.context.theme.type == "dark" else "light"


def shared() -> dict[str, str]:
    """The settings that a link to any page carries: all that are not at their start."""
    # Each page asks a dozen times: read widgets and address once, not once per setting.
    given = {**st.query_params.to_dict(), **st.session_state.to_dict()}
    found = {name: SETTINGS[name].admit(given[name]) for name in SETTINGS if name in given}
    found["lang"] = lang()
    return {
        name: str(now)
        for name, now in found.items()
        if now not in (None, "") and now != start(name)
    }


def owner() -> str:
    """Who is here: the hash of the ownership cookie, never shown and never in a URL.

    Without a cookie (in a test, or if the browser refuses cookies) it lasts as long as the session.
    """
    cookie = _cookie()
    return owner_of(cookie) if cookie else _for_this_session("_owner")


def has_cookie() -> bool:
    """Whether the browser keeps the ownership cookie; without it nothing outlasts the session."""
    return bool(_cookie())


def api_key_with(salt: str) -> str:
    """The API key of who is here; see core.identity."""
    return api_key(_cookie() or _for_this_session("_secret"), salt)


@once_a_run
def _cookie() -> str:
    """The random value of the ownership cookie: whoever knows it is taken for this visitor."""
    sent = str(st.context.cookies.get(OWNER_COOKIE, ""))
    return sent if COOKIE_FORM.fullmatch(sent) else ""


def _for_this_session(name: str) -> str:
    if name not in st.session_state:
        st.session_state[name] = secrets.token_hex(32)
    return cast(str, st.session_state[name])
