"""What the pages know about their visitor: settings from the URL, identity from the cookie.

Every setting that a shared link must carry is in `SETTINGS`, once, with its type and range. Its
name is both the query parameter and the widget's key; a value at its start is left out of the URL.
Identity is never in the URL: `owner()` comes only from the HttpOnly cookie.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args
from unicodedata import category

import streamlit as st

from core.identity import COOKIE_FORM, OWNER_COOKIE, api_key, owner_of
from core.languages import LANGS, Lang
from core.modality import MODALITIES, PICTURES, TEXT
from pages.kit.catalogue import Words, closest, words

Depth = Literal["watch", "try", "dig"]
DEPTHS: Final[tuple[Depth, ...]] = get_args(Depth)

# The switches of core.data.text.cleaning, not imported here because no heading should wait for it.
CLEANING_RULES: Final = (
    *("encoding", "html", "invisible", "unicode", "white_space"),
    *("short", "duplicates"),
)

FILLERS: Final = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs drawn as nothing

PREFER_RULES: Final = (
    "polite",
    "brief",
    "truthful",
    "honest",
    "on_topic",
)

TRAVELLING: Final = {TEXT: "sentence", PICTURES: "caption"}
"""Which setting travels with the visitor through the steps, for each kind of data."""

first_question: Final = threading.Event()  # set once any page of this process shows its question


@dataclass(frozen=True)
class Setting:
    """One shareable setting.

    Args:
        name: query parameter and widget key.
        start: the value when the URL says nothing; its type is the setting's type.
        low, high, step: range of a number, inclusive.
        choices: the only possible values, for a setting with fixed options.
        max_length: maximum number of characters, for free text.
    """

    name: str
    start: str | int | float | bool | None
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    choices: tuple[str, ...] = ()
    max_length: int = 200

    def admit(self, given: object) -> Any:
        """`given` as a valid value of this setting, or its start if it is not valid."""
        if given is None:
            return self.start
        if self.choices:
            return given if given in self.choices else self.start
        if isinstance(self.start, str):
            return str(given)[: self.max_length]
        if isinstance(self.start, bool):
            return str(given) in ("True", "true", "1")
        try:
            number = self.kind(str(given))
        except ValueError:
            return self.start
        return number if self.low <= number <= self.high else self.start

    def steps(self) -> list[int] | list[float]:
        """Every number in the range that lies on a step."""
        n = round((self.high - self.low) / self.step)
        if self.kind is int:
            return [int(self.low + i * self.step) for i in range(n + 1)]
        return [round(self.low + i * self.step, 9) for i in range(n + 1)]

    @property
    def kind(self) -> type[int] | type[float]:
        """Whether this setting is an integer or a float."""
        return int if isinstance(self.start, int) else float


SETTINGS: Final[dict[str, Setting]] = {
    setting.name: setting
    for setting in (
        # everywhere
        Setting("lang", None, choices=LANGS),  # starts as the browser's language
        Setting("depth", "try", choices=DEPTHS),
        Setting("tour", False),
        Setting("modality", TEXT, choices=tuple(MODALITIES)),
        Setting("sentence", "", max_length=160),  # starts as the first starter of the language
        Setting("caption", "", max_length=160),  # the same for pictures
        Setting("seed", 7, low=0, high=9999, step=1),
        # data
        Setting("data_source", "world", choices=("world", "text", "files")),
        Setting("world_documents", 8000, low=500, high=20000, step=500),
        # Starts as the visitor's language: a minute of training is enough for one, not for both.
        Setting("world_language", None, choices=("both", "de", "en")),
        Setting("world_german", 0.5, step=0.05),  # with both: the share of German
        Setting("world_duplicates", 0.1, high=2.0, step=0.1),  # copies, as a share of documents
        Setting("world_noise", 0.1, high=0.5, step=0.05),
        Setting("world_private", 0.0, high=0.5, step=0.05),
        Setting("world_boilerplate", 0.0, high=0.5, step=0.05),
        Setting("world_left_out", 0.0, high=0.5, step=0.05),
        Setting("world_roles", 0.5, low=0.5, step=0.05),  # 0.5: even
        *(Setting(f"clean_{rule}", True) for rule in CLEANING_RULES),
        Setting("vocabulary", 3000, low=300, high=8000, step=100),
        # data: pictures
        Setting("picture_source", "book", choices=("book", "own", "draw")),
        Setting("picture_fit", "crop", choices=("crop", "pad", "scale")),
        Setting("picture_with_book", True),  # whether one's own stand beside the book's
        Setting("picture_size", "32", choices=("32", "64")),
        Setting("book_pictures", 4000, low=500, high=12000, step=500),
        Setting("book_german", 0.5, step=0.05),
        Setting("book_copies", 0.05, high=0.5, step=0.05),
        Setting("book_near", 0.05, high=0.5, step=0.05),
        Setting("book_damaged", 0.05, high=0.5, step=0.05),
        Setting("book_wrong", 0.0, high=0.5, step=0.05),
        Setting("book_skew", 0.0, step=0.05),  # share of the apples made red
        Setting("book_held_out", True),
        Setting("book_clean", True),  # whether copies are removed
        # architecture
        Setting("size", "house", choices=("house", "xs", "s", "m", "l", "xl")),
        Setting("design", "", max_length=400),  # differences from the dial: "n_layers:5 tied:no"
        Setting("denoiser", "", max_length=200),  # the same for pictures: "n_channels:192 patch:8"
        Setting("looked_at", "trained", choices=("trained", "house", "design")),
        Setting("layer", 0, high=32, step=1),  # 0: the most telling head
        Setting("head", 0, high=32, step=1),
        # training
        Setting("learning_rate", 0.02, low=0.0005, high=2.0),
        Setting("n_steps", 1200, low=100, high=10000, step=100),
        Setting("n_batch", 8, low=1, high=128, step=1),
        Setting("optimizer", "muon", choices=("muon", "adamw")),
        Setting("pair", "none", choices=("none", "learning_rate", "size")),
        Setting("learning_rate_b", 0.2, low=0.0005, high=2.0),
        Setting("size_b", "xs", choices=("xs", "s", "m", "l", "xl")),
        Setting("curve", "bits", choices=("bits", "nats", "shares")),
        Setting("run_shown", "yours", choices=("yours", "house")),
        # training of pictures
        Setting("learn_from", "small", choices=("small", "whole", "yours")),
        Setting("picture_steps", 1500, low=100, high=10000, step=100),
        Setting("picture_rate", 0.02, low=0.0005, high=2.0),
        Setting("picture_batch", 32, low=1, high=128, step=1),
        Setting("picture_objective", "velocity", choices=("velocity", "noise")),
        # alignment: fine-tuning
        Setting("fine_tune_what", "town", choices=("town", "style", "field", "own")),
        Setting("fine_tune_style", "letter", choices=("letter", "tale", "terse")),
        Setting("fine_tune_field", "law", choices=("law", "medicine", "verse")),
        Setting("fine_tune_way", "all", choices=("all", "low")),
        Setting("fine_tune_rank", 8, low=1, high=64, step=1),
        Setting("fine_tune_steps", 1000, low=50, high=3000, step=50),
        Setting("fine_tune_questions", False),  # whether the question's tokens count, too
        Setting("fine_tune_curve", "loss", choices=("loss", "shares")),
        Setting("fine_tune_example", 0, low=0, high=9999, step=1),
        # alignment: aligning
        Setting("align_way", "dpo", choices=("dpo", "grpo")),
        Setting("align_reward", "rule", choices=("rule", "model")),
        Setting("align_rule", "polite", choices=PREFER_RULES),
        Setting("kl_weight", 0.1, high=1.0),
        Setting("align_steps", 40, low=10, high=200, step=10),
        # alignment of pictures
        Setting("picture_open", "sky", choices=("sky", "distance")),
        Setting("picture_rule", "night", choices=("night", "day", "close", "apart")),
        # alignment: choosing
        Setting("prefer_rule", "polite", choices=PREFER_RULES),
        # post-processing: form and marking
        Setting("form_schema", "person", choices=("person", "hours", "week", "own")),
        Setting("form_question", "", max_length=160),  # starts as the schema's own
        Setting("form_draw", 1, low=1, high=50, step=1),
        Setting("mark_strength", 7.5, high=10.0, step=0.5),
        # inference
        Setting("candidates", "words", choices=("words", "tokens")),
        Setting("temperature", 1.0, high=2.0, step=0.05),  # 1: as learned, as on all other pages
        Setting("top_k", 0, low=0, high=200, step=1),  # 0 keeps all
        Setting("top_p", 1.0, low=0.05, step=0.01),
        Setting("max_tokens", 60, low=1, high=400, step=1),
        # inference of pictures
        Setting("draw_steps", 10, low=1, high=50, step=1),
        Setting("draw_sampler", "euler", choices=("euler", "ddim", "ddpm")),
        Setting("draw_guidance", 3.0, low=0.0, high=8.0, step=0.5),
        Setting("draw_picture", 0, low=0, high=15, step=1),  # which of the sixteen is seen large
        Setting("draw_negative", "", max_length=160),
        Setting("draw_other", "", max_length=160),  # the caption drawn on the same noise
        Setting(
            "draw_try",
            "word",
            choices=("word", "two", "negative", "seeds", "captions", "region", "start"),
        ),
        Setting("draw_strength", 0.7, low=0.1, high=1.0, step=0.1),
        # sending
        Setting("sending_asked", "", max_length=400),  # starts as a letter in the language
        Setting(
            "sending_stages", "default", choices=("none", "default", "strict", "letter", "all")
        ),
        Setting("sending_mask", "before", choices=("before", "after")),
        Setting("sending_quote", True),
        Setting("sending_form", "text", choices=("text", "json")),
        # post-processing
        Setting("answer_source", "letter", choices=("letter", "model", "own")),
        Setting("private_action", "mask", choices=("mask", "blocks", "pseudonymise", "remove")),
        Setting("private_kinds", "", max_length=120),  # kinds with their own action: "iban:remove"
        Setting("threshold", 0.5),
        Setting("tone", "formal", choices=("as_is", "formal", "informal")),
        Setting("shorten_to", 200, low=60, high=400, step=20),
        Setting("stage_line", "", max_length=160),  # names in their order, "-" before those off
        # post-processing of pictures
        Setting("line_source", "drawn", choices=("drawn", "mistake", "lone")),
        Setting("picture_threshold", 0.5, low=0.02, high=0.98, step=0.02),
        Setting("picture_method", "lanczos", choices=("nearest", "bicubic", "lanczos")),
        Setting("picture_strength", 1.0, high=5.0, step=0.5),  # grey levels; 0: no mark
        Setting("picture_format", "png", choices=("png", "webp", "jpeg", "svg")),
        Setting("picture_attack", "jpeg", choices=("jpeg", "scaled", "cropped", "noise", "turned")),
        Setting("picture_filter_n", 1500, low=300, high=3000, step=300),
        Setting("picture_filter_noise", False),
        # glossary; which term it opens at is `term` in its own address alone
        Setting("glossary_query", "", max_length=60),
        Setting("glossary_order", "steps", choices=("steps", "alphabet")),
    )
}


def value(name: str) -> Any:
    """The value in force: the widget's, else the URL's, else the setting's start."""
    given = st.session_state.get(name, st.query_params.get(name))
    admitted = SETTINGS[name].admit(given)
    return start(name) if admitted in (None, "") else admitted


def start(name: str) -> Any:
    """A setting's initial value; for some it depends on the language."""
    if name in TRAVELLING.values():
        return starters(name)[lang()][0]
    if name == "world_language":
        return lang()
    if name == "sending_asked":
        return t()("sending.asked_start", sentence=sentence())
    if name == "form_question":
        of_hours = value("form_schema") in ("hours", "week")
        return t()("form.ask_hours") if of_hours else t()("form.ask_person")
    if name == "form_draw":  # the draw that tells most, once it is known
        return st.session_state.get("_form_told", 1)
    return SETTINGS[name].start


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


def api_key_with(salt: str) -> str:
    """The API key of who is here; see core.identity."""
    return api_key(_cookie() or _for_this_session("_secret"), salt)


def _cookie() -> str:
    """The random value of the ownership cookie: whoever knows it is taken for this visitor."""
    sent = str(st.context.cookies.get(OWNER_COOKIE, ""))
    return sent if COOKIE_FORM.fullmatch(sent) else ""


def _for_this_session(name: str) -> str:
    if name not in st.session_state:
        st.session_state[name] = secrets.token_hex(32)
    return cast(str, st.session_state[name])
