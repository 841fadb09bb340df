"""What the same sentence costs in tokens, language by language.

A published model is paid by the token, reads so many tokens at once and needs a step for each that
it writes. So a language whose words fall apart costs more, is slower and has less room.

Source: Petrov et al. 2023, "Language Model Tokenizers Introduce Unfairness Between Languages",
arXiv:2305.15425. Their premium is a language's tokens divided by those of English for the same
content; they compare 2,000 translated sentences (FLORES-200), here it is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.architecture.text.smollm2 import smollm2_file
from core.data.text.encoding import TextEncoder
from core.data.text.published import load_encoder
from core.once import once

SENTENCES: Final[Mapping[str, str]] = {
    "en": "The children are reading a book because it is raining.",
    "de": "Die Kinder lesen ein Buch, weil es regnet.",
    "fr": "Les enfants lisent un livre parce qu’il pleut.",
    "es": "Los niños leen un libro porque llueve.",
    "sw": "Watoto wanasoma kitabu kwa sababu mvua inanyesha.",
    "pl": "Dzieci czytają książkę, ponieważ pada deszcz.",
    "tr": "Yağmur yağdığı için çocuklar kitap okuyor.",
    "vi": "Bọn trẻ đang đọc sách vì trời đang mưa.",
    "ru": "Дети читают книгу, потому что идёт дождь.",
    "el": "Τα παιδιά διαβάζουν ένα βιβλίο επειδή βρέχει.",
    "ar": "يقرأ الأطفال كتابًا لأن السماء تمطر.",
    "hi": "बच्चे किताब पढ़ रहे हैं क्योंकि बारिश हो रही है।",
    "zh": "孩子们在看书，因为正在下雨。",
    "ja": "雨が降っているので、子どもたちは本を読んでいます。",
}
"""One plain sentence, translated by us for this page."""
MEASURED_AGAINST: Final = "en"


@dataclass(frozen=True)
class Price:
    """What a text costs.

    Args:
        n_characters: code points.
        n_bytes: in UTF-8, the longest that any byte-level tokenizer can make of it.
        n_tokens: with each encoder.
    """

    n_characters: int
    n_bytes: int
    n_tokens: Mapping[str, int]


def price_of(text: str, encoders: Mapping[str, TextEncoder]) -> Price:
    """Count characters, bytes and tokens.

    Args:
        text: anything; a lone surrogate counts as a question mark.
        encoders: by name.
    """
    return Price(
        n_characters=len(text),
        n_bytes=len(text.encode("utf-8", "replace")),
        n_tokens={name: len(encoder.encode(text)) for name, encoder in encoders.items()},
    )


def premium(prices: Mapping[str, Price], encoder: str) -> dict[str, float]:
    """How many times as many tokens as in MEASURED_AGAINST each language needs.

    Args:
        prices: of the same content, by language.
        encoder: whose tokens are counted.
    """
    base = prices[MEASURED_AGAINST].n_tokens[encoder]
    return {lang: price.n_tokens[encoder] / base for lang, price in prices.items()}


@once(1)
def smollm2_encoder() -> TextEncoder | None:
    """SmolLM2's tokenizer, if its package is installed; read once for everybody.

    Raises:
        UnreadableTokenizer: its file is damaged.
    """
    path = smollm2_file()
    return None if path is None else load_encoder(path)
