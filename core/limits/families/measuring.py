"""What each family comes to on the same material: surprise, grammar, truth, copies, answers.

Verdicts are the town's own: its grammar and its facts. Where the text is not the town's, only
surprise and copies are counted.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from math import log
from time import process_time
from typing import Any, Final

from core.data import world
from core.data.world import chat_prompt
from core.intervals import share_interval
from core.languages import LANGS, known
from core.limits import facts
from core.limits.families.makers import Maker
from core.limits.families.material import SORTS, Material
from core.limits.families.rules import Rule, answered_by
from core.training.course import Row
from core.training.text import verdicts

N_READ_AT_ONCE: Final = 10  # held-out texts
N_TEXTS: Final = 40  # begun from nothing, to be judged
N_TEXT_TOKENS: Final = 100
N_ANSWER_TOKENS: Final = 28
N_PROMPT_TOKENS: Final = 40  # of the continuation that is shown
N_ASKED: Final = 100  # times the same question
N_SHOWN: Final = 6  # different answers to it
TEXTS_SEED, ANSWERS_SEED, ASKED_SEED = 10_000, 20_000, 30_000

Measuring = Generator[None, None, Row]


@dataclass(frozen=True)
class Count:
    """How often something came out so.

    Args:
        n: cases.
        n_hits: those that did.
    """

    n: int
    n_hits: int

    @property
    def share(self) -> float:
        """Of 1; 0 without any case."""
        return self.n_hits / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval, by Wilson."""
        return share_interval(self.n_hits, self.n)

    def __add__(self, other: "Count") -> "Count":
        return Count(self.n + other.n, self.n_hits + other.n_hits)


@dataclass(frozen=True)
class Told:
    """What became of questions of one sort, one answer each.

    Args:
        n: questions.
        n_right: answered truly.
        n_wrong: something false was stated.
    """

    n: int
    n_right: int
    n_wrong: int

    @property
    def n_silent(self) -> int:
        """No such fact was stated."""
        return self.n - self.n_right - self.n_wrong

    def __add__(self, other: "Told") -> "Told":
        return Told(self.n + other.n, self.n_right + other.n_right, self.n_wrong + other.n_wrong)


def surprise(maker: Maker, material: Material, n_context: int) -> Generator[None, None, float]:
    """Surprise at held-out text, in bits per byte; pauses in between.

    Args:
        maker: reads each text from its beginning.
        material: with the held-out texts.
        n_context: tokens of each that count.
    """
    texts, nats = material.held_out(n_context), 0.0
    for first in range(0, len(texts), N_READ_AT_ONCE):
        nats += maker.loss_nats(texts[first : first + N_READ_AT_ONCE])
        yield
    return nats / log(2) / max(1, sum(material.n_bytes(text) for text in texts))


def measuring(
    maker: Maker, material: Material, n_context: int, prompt: str, question: str, seed: int
) -> Measuring:
    """Everything about one maker, in pieces.

    Args:
        maker: of any family.
        material: what it read, and what it is asked.
        n_context: tokens of each held-out text that count.
        prompt: is continued, to be shown.
        question: is asked N_ASKED times.
        seed: of all draws.

    Returns:
        bits_per_byte, n_parameters, n_bytes, text and verdict, the counts grammatical, true and
        verbatim, sentence_s (computing time of one sentence), answers (by sort) and asked.
    """
    found: Row = {
        "n_parameters": maker.n_parameters,
        "n_bytes": maker.n_bytes,
        "bits_per_byte": (yield from surprise(maker, material, n_context)),
    }
    found |= yield from continued(maker, material, prompt, seed)
    found |= yield from _judged(maker, material, seed + TEXTS_SEED)
    answers = {}
    for place, sort in enumerate(SORTS):
        asked = material.questions[sort]
        given = yield from answering(
            maker, material, [one.text for one in asked], seed + (1 + place) * ANSWERS_SEED
        )
        answers[sort] = asdict(counted(asked, given, material))
    found["answers"] = answers
    if question:
        given = yield from answering(maker, material, [question] * N_ASKED, seed + ASKED_SEED)
        found["asked"] = spread(question, given, material)
    return found


def continued(maker: Maker, material: Material, prompt: str, seed: int) -> Measuring:
    """What is written on from a prompt, with its verdict."""
    encoder = material.encoder
    start = [encoder.end_id, *encoder.encode(prompt)]
    (new,) = yield from maker.continuing([start], N_PROMPT_TOKENS, seed, encoder.end_id)
    return verdict_of(prompt, encoder.decode(new), material)


def verdict_of(prompt: str, text: str, material: Material) -> Row:
    """A continuation with what the town's judge says of it, and the longest run that is copied."""
    found: Row = {"prompt": prompt, "text": text, "run": ""}
    if material.train:
        found["run"] = material.copies.longest_copied_run(prompt + text)
    if material.world is not None:
        found |= verdicts.judge(prompt, text, material.world).as_row()
    return found


def _judged(maker: Maker, material: Material, seed: int) -> Measuring:
    """Sentences written freely: grammatical, true, found word for word."""
    end = material.encoder.end_id
    begun = process_time()
    texts = yield from maker.continuing([[end]] * N_TEXTS, N_TEXT_TOKENS, seed, end)
    seconds = process_time() - begun
    read = [material.encoder.decode(text) for text in texts]
    cut = [world.sentences(text, complete_only=True) for text in read]
    per_sentence_s = seconds / max(1, sum(map(len, cut)))
    yield
    own = [sentence for some in cut if _is_in(some, material) for sentence in some]
    verbatim = Count(len(own), sum(map(material.copies.verbatim, own)))
    found: Row = {"verbatim": asdict(verbatim), "sentence_s": per_sentence_s}
    if material.town is not None:
        judged = world.measure(own, material.lang, material.town)
        found["grammatical"] = asdict(Count(judged.n_sentences, judged.n_grammatical))
        found["true"] = asdict(Count(judged.n_checkable, judged.n_true))
    return found


def _is_in(text: Sequence[str], material: Material) -> bool:
    """Whether sentences are in the material's language, unless another's grammar accepts more of
    them: the example model writes both, and is judged here by the texts of one.
    """
    if material.town is None:
        return True
    accepted = {lang: sum(world.accepts(each, lang) for each in text) for lang in LANGS}
    return accepted[known(material.lang)] == max(accepted.values())


def answering(
    maker: Maker, material: Material, asked: Sequence[str], seed: int
) -> Generator[None, None, list[str]]:
    """One answer to each question, in the layout in which the town's texts ask."""
    encoder = material.encoder
    lang = material.lang or "en"
    prompts = [[encoder.end_id, *encoder.encode(chat_prompt(text, lang))] for text in asked]
    given = yield from maker.continuing(prompts, N_ANSWER_TOKENS, seed, encoder.end_id)
    return [encoder.decode(tokens).strip().split("\n")[0] for tokens in given]


def counted(asked: Sequence[facts.Question], given: Sequence[str], material: Material) -> Told:
    """Hold one answer to each question against the town's facts."""
    n_right = n_wrong = 0
    for question, answer in zip(asked, given, strict=True):
        assert material.town is not None
        one = facts.judged(question, [answer], material.town, material.lang)
        n_right += one.n_true
        n_wrong += one.n_claims - one.n_true
    return Told(len(asked), n_right, n_wrong)


def spread(question: str, given: Sequence[str], material: Material) -> dict[str, Any]:
    """Answers to the same question: how often which came, the most frequent first.

    Returns:
        question, n, n_different, and answers: text, n, and right (None where it cannot be said).
    """
    counts = Counter(facts.first_sentence(text) or text.strip() for text in given)
    known = [one for some in material.questions.values() for one in some if one.text == question]
    answers = []
    for text, n in counts.most_common(N_SHOWN):
        right: bool | None = None
        if known and material.town is not None:
            one = facts.judged(known[0], [text], material.town, material.lang)
            right = bool(one.n_true) if one.n_claims else None
        answers.append({"text": text, "n": n, "right": right})
    return {
        "question": question,
        "n": len(given),
        "n_different": len(counts),
        "answers": answers,
    }


def ruled(rules: Sequence[Rule], material: Material) -> dict[str, Told]:
    """What a program of rules answers to the same questions; no rule is silence."""
    found = {}
    for sort, asked in material.questions.items():
        given = [rule.answer if (rule := answered_by(rules, one.text)) else "" for one in asked]
        found[sort] = counted(asked, given, material)
    return found
