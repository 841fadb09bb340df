"""Questions whose three answers tell what alignment is good for: found by measuring, not picked.

The base model fails such a question: it says nothing true about what was asked. The fine-tuned
model answers it rudely, the aligned one well; and what both of the latter say is true, so that the
tone is all they differ in. Most answers after fine-tuning are not rude, and the base model is often
right by the way, so every question is drawn with several seeds. All are drawn as the page draws
them, so that whoever draws again gets the same, and how often it turns out so is counted with them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from core.alignment.text.answer_language import same_language
from core.alignment.text.asking import Asked, Question, answer_claims
from core.alignment.text.chat import is_chat, question_tokens
from core.alignment.text.rules import RULES, brusque, grammatical, read_answer
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.world import Town, is_true
from core.house.chain import Telling, TellingQuestion
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.lineage import Kind

TELLING: Final = SamplingSettings(temperature=0.8, seed=7, max_tokens=48)
"""How the answers are drawn, every model with the same luck."""
SEEDS: Final = range(TELLING.seed, TELLING.seed + 24)
MOST_KEPT: Final = 5  # of a language
TRUE: Final[tuple[Kind, ...]] = ("tuned", "aligned")  # those whose answers must be
RAREST_FIRST: Final[tuple[Kind, ...]] = ("tuned", "checkpoint", "aligned")
"""In which order the answers are drawn: most draws fail at the first."""


def answer_of(kind: Kind, model: Transformer, encoder: Encoder, question: str, seed: int) -> str:
    """What a model writes when the page asks it."""
    if is_chat(kind):
        tokens = question_tokens(encoder, question)
    else:
        tokens = [encoder.end_id, *encoder.encode(question)]
    drawn = generate(model, tokens, replace(TELLING, seed=seed), encoder.end_id)
    return encoder.decode([each.token for each in drawn if each.token != encoder.end_id])


def fits(kind: Kind, question: Question, answer: str, town: Town) -> bool:
    """Whether a model's answer is what makes a question telling: the base fails, fine-tuned it is
    rude, aligned it is polite.
    """
    if kind == "checkpoint":
        return _fails(question, answer, town)
    if not _is_sound(question, answer, town):
        return False
    if kind == "tuned":
        return brusque(answer, question.lang)
    return RULES["polite"].keeps(question.text, answer.strip(), question.lang, town)


def _fails(question: Question, answer: str, town: Town) -> bool:
    """Whether it stays in the language and says nothing true about what was asked."""
    assert question.asked is not None
    read = read_answer(answer, question.lang)
    said = answer_claims(question.asked, read.claims)
    return same_language(answer, question.lang) and not any(is_true(one, town) for one in said)


def _is_sound(question: Question, answer: str, town: Town) -> bool:
    """Whether an answer is true, grammatical and in the language of the question."""
    text = answer.strip()
    return RULES["truthful"].keeps(question.text, text, question.lang, town) and grammatical(
        text, question.lang
    )


def find_telling(
    models: Mapping[Kind, Transformer], encoder: Encoder, questions: Sequence[Question], town: Town
) -> Telling:
    """Ask all three models, and keep the questions whose answers tell.

    Args:
        models: base, fine-tuned and aligned.
        encoder: theirs.
        questions: of one language, held out; those whose answer nobody told are passed over.
        town: whose facts decide.

    Returns:
        MOST_KEPT of them, each asking for another thing, and how many draws there are of how many.
        Those come first in which both answers say the same (Nora has several friends).
    """
    asked = [question for question in questions if question.sort == "told"]
    found: list[tuple[Question, TellingQuestion]] = []
    for question, seed in product(asked, SEEDS):
        answers: dict[Kind, str] = {}
        for kind in RAREST_FIRST:
            answers[kind] = answer_of(kind, models[kind], encoder, question.text, seed)
            if not fits(kind, question, answers[kind], town):
                break
        else:
            in_order = {kind: answers[kind] for kind in models}
            found.append((question, TellingQuestion(question.text, question.lang, seed, in_order)))
    kept: dict[Asked | None, TellingQuestion] = {}
    for question, one in sorted(found, key=lambda each: (_differs(*each), _length(each[1]))):
        kept.setdefault(question.asked, one)
    return Telling(tuple(kept.values())[:MOST_KEPT], len(found), len(asked) * len(SEEDS))


def _differs(question: Question, one: TellingQuestion) -> bool:
    """Whether the rude and the polite answer say different things, both of them true."""
    assert question.asked is not None
    said = [
        {
            frozenset((claim.subject, claim.value))
            for claim in answer_claims(
                question.asked, read_answer(one.answers[kind], question.lang).claims
            )
        }
        for kind in TRUE
    ]
    return said[0] != said[1]


def _length(one: TellingQuestion) -> int:
    return len(one.answers["tuned"]) + len(one.answers["aligned"])
