"""Unit: what a model reads are tokens, and how many a text has depends on what the cutting learned
from.
"""

from collections.abc import Sequence
from typing import Final

from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.home import shipped
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal
from pages.path.evidence import prediction
from pages.path.questions import Choice, Estimate, See
from pages.path.unit import Found, Said, Unit

SEE: Final = See("data")
LONG: Final = 2.0  # bytes in a token: one that is longer stands for more than a letter or two


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.tokens_task", part=t("frame.experiments"), reveal=t("frame.reveal"))
    return Said(t("units.tokens_question"), task)


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """Tokens a word, in both languages, of the example model's encoder."""
    artifact = shipped.artifacts().get("corpus")
    needed = ("tokens_per_word_de", "tokens_per_word_en", "bytes_per_token")
    if artifact is None or not all(name in artifact.numbers for name in needed):
        return None
    german, english, length = (float(artifact.numbers[name]) for name in needed)
    de, en = decimal(german, t.lang, 2), decimal(english, t.lang, 2)
    feedback = t("units.tokens_counted", de=de, en=en, n=decimal(length, t.lang, 1))
    claims = {"german": german > english, "long": length > LONG, "word": german == english == 1.0}
    return Found(
        [t("units.tokens_surprise", en=en)],
        shipped.measured_then(t),
        [
            Estimate(
                key="german",
                question=t("units.tokens_ask"),
                measured=german,
                low=1,
                high=5,
                step=0.1,
                tolerance=0.2,
                written=lambda guess: decimal(guess, t.lang, 1),
                feedback=feedback,
                see=SEE,
            ),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "german": t("units.tokens_claim_german"),
                    "long": t("units.tokens_claim_long", n=decimal(LONG, t.lang, 0)),
                    "word": t("units.tokens_claim_word"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("tokens", "data", 5, says, prediction("word"), own, found)
