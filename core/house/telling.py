"""Questions whose three answers tell what alignment is good for: found by measuring, not picked.

The base model fails such a question: it does not say what was asked, or goes on to ask questions of
its own. The fine-tuned model answers it rudely, the aligned one well; and what both of the latter
say is true, so that the tone is all they differ in. The answers are drawn as the page draws them,
one at a time with one seed, so that whoever draws again gets the same. How often it turns out so is
counted with them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from core.alignment.asking import Asked, Question, answer_claims
from core.alignment.chat import is_chat, question_tokens
from core.alignment.rules import RULES, brusque, grammatical, read_answer
from core.architecture.transformer import Transformer
from core.data.bpe import Encoder
from core.data.world import Town
from core.house.chain import Telling, TellingQuestion
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.lineage import Kind

TELLING: Final = SamplingSettings(temperature=0.8, seed=7, max_tokens=48)
"""How the answers are drawn, every model with the same luck."""
MOST_KEPT: Final = 5  # of a language


def answer_of(kind: Kind, model: Transformer, encoder: Encoder, question: str) -> str:
    """What a model writes when the page asks it."""
    if is_chat(kind):
        tokens = question_tokens(encoder, question)
    else:
        tokens = [encoder.end_id, *encoder.encode(question)]
    drawn = generate(model, tokens, TELLING, encoder.end_id)
    return encoder.decode([each.token for each in drawn if each.token != encoder.end_id])


def is_telling(question: Question, answers: Mapping[Kind, str], town: Town) -> bool:
    """Whether the three answers show a base that does not answer, a rude and a good answer."""
    return (
        _fails(question, answers["checkpoint"])
        and brusque(answers["tuned"], question.lang)
        and _is_sound(question, answers["tuned"], town)
        and RULES["polite"].keeps(question.text, answers["aligned"].strip(), question.lang, town)
        and _is_sound(question, answers["aligned"], town)
    )


def _fails(question: Question, answer: str) -> bool:
    """Whether what was asked is not said, or questions nobody asked follow."""
    assert question.asked is not None
    read = read_answer(answer, question.lang)
    return "?" in answer or not answer_claims(question.asked, read.claims)


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
        MOST_KEPT of them, each asking for another thing, and how many there are.
    """
    asked = [question for question in questions if question.sort == "told"]
    found: list[tuple[Question, TellingQuestion]] = []
    for question in asked:
        answers = {
            kind: answer_of(kind, model, encoder, question.text) for kind, model in models.items()
        }
        if is_telling(question, answers, town):
            one = TellingQuestion(question.text, question.lang, TELLING.seed, answers)
            found.append((question, one))
    kept: dict[Asked | None, TellingQuestion] = {}
    for question, one in sorted(found, key=lambda each: _length(each[1])):
        kept.setdefault(question.asked, one)
    return Telling(tuple(kept.values())[:MOST_KEPT], len(found), len(asked))


def _length(one: TellingQuestion) -> int:
    return len(one.answers["tuned"]) + len(one.answers["aligned"])
