"""The same questions and the same draws under several prompts, and how often each is right.

Small models are asked what their texts tell. The prompts differ by one thing each, and the draws by
nothing, so that what comes out differs by the prompt alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from core.alignment.text.chat import replies
from core.alignment.text.prompts import MOST_TASKS, filled
from core.alignment.text.scoring import Task, answer_in, right, score
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.world import Town
from core.limits import facts
from core.pieces import outcome_of

N_EXAMPLES: Final = 3  # questions that serve as examples and are never asked
ANSWER_TOKENS: Final = 28
PLACE: Final = "{question}"
SEED: Final = 1  # of the choice among facts


@dataclass(frozen=True)
class Question:
    """A question about the town.

    Args:
        fact: what it asks for.
        text: as one would ask it.
        truth: the true answer as a sentence; empty where there is none.
    """

    fact: facts.Fact
    text: str
    truth: str


@dataclass(frozen=True)
class Asked:
    """What a model can be asked about its town.

    Args:
        told: questions whose answer the texts tell; at most MOST_TASKS.
        untold: questions whose answer they do not tell.
        examples: told questions that are kept back for prompts.
    """

    told: Sequence[Question]
    untold: Sequence[Question]
    examples: Sequence[Question]


def questions(town: Town, corpus: Corpus, lang: str) -> Asked:
    """What can be asked in a language, and the examples, which are never asked.

    Args:
        town: all facts.
        corpus: the text that the model has read.
        lang: "de" or "en".
    """
    texts = [document.text for document in corpus if document.lang == lang]
    tellable, untellable = facts.by_telling(town, Random(SEED))
    told = (fact for fact in tellable if facts.is_told(fact, texts, lang))
    found = [_question(fact, town, lang) for fact in islice(told, MOST_TASKS + N_EXAMPLES)]
    cut = max(1, len(found) - N_EXAMPLES)
    untold = [_question(fact, town, lang) for fact in untellable[:MOST_TASKS]]
    return Asked(found[:cut], untold, found[cut:] or found[:1])


def _question(fact: facts.Fact, town: Town, lang: str) -> Question:
    return Question(fact, facts.asked(fact, lang), facts.answered(fact, town, lang))


def counted(
    model: Transformer,
    encoder: Encoder,
    asked: Sequence[Question],
    prompts: Mapping[str, str],
    town: Town,
    lang: str,
    *,
    n_each: int,
    seed: int,
) -> dict[str, list[int]]:
    """How often a model answers every question rightly under each prompt, at temperature 1.

    Args:
        model: was taught to answer.
        encoder: its own.
        asked: the questions.
        prompts: name to what is written, with PLACE where the question goes.
        town: whose facts decide.
        lang: of the questions.
        n_each: answers to each question.
        seed: answer j to question i is drawn with seed + i * n_each + j under every prompt.

    Returns:
        name to the right answers to each question, of `n_each`.
    """
    tasks = [Task(one.text, lang, "fact", one.fact) for one in asked]
    found = {}
    for name, prompt in prompts.items():
        read = [filled(prompt, PLACE, task.question, name) for task in tasks]
        drawing = replies(model, encoder, read, n_each=n_each, seed=seed, max_tokens=ANSWER_TOKENS)
        found[name] = [
            right(score(task, answer_in(reply.text, ends=True), town) for reply in some).hits
            for task, some in zip(tasks, outcome_of(drawing), strict=True)
        ]
    return found
