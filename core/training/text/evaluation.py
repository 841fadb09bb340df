"""What a model can do right now: its loss on unseen text, and the text it generates.

Every evaluation uses the same unseen sequences, the same prompt and the same seed, so two
evaluations differ only in the weights.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count, islice, pairwise
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.data import world
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.data.text.graphemes import token_spans
from core.inference.batching import ContinuousBatch
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.inference.surprise import token_losses
from core.pieces import outcome_of
from core.training.settings import TrainingSettings
from core.training.text import verdicts

N_SIDE_BY_SIDE: Final = 32  # texts sampled in parallel
SENTENCES_PER_TEXT: Final = 4  # the small world's texts have seven on average
N_DRAWN_TOKENS: Final = 200  # a sampled text is cut off here; its unfinished sentence is not judged
# How much to do between two points at which an evaluation can be interrupted:
N_AT_A_TIME: Final = 10  # tokens of every text being sampled
N_SEQUENCES_AT_A_TIME: Final = 8  # of held-out text


def validation_sequences(dataset: Dataset, n_sequences: int, n_context: int) -> Tensor:
    """Evenly spaced sequences of held-out text, always the same ones.

    Args:
        dataset: only its validation tokens are used.
        n_sequences: maximum number; fewer if there is little text.
        n_context: tokens the model reads at once.

    Returns:
        (B, T+1) token ids: T inputs and, shifted by one, T targets. Fewer than T+1 validation
        tokens give one shorter sequence, none at all (0, 0).
    """
    stream = torch.from_numpy(dataset.validation.astype("int64"))  # (M,)
    length = min(n_context + 1, len(stream))
    if length < 2:
        return torch.empty(0, 0, dtype=torch.int64)
    n_sequences = min(n_sequences, len(stream) // length)
    gaps = max(1, n_sequences - 1)
    starts = [i * (len(stream) - length) // gaps for i in range(n_sequences)]
    return torch.stack([stream[start : start + length] for start in starts])


@torch.inference_mode()
def mean_loss(model: Transformer, sequences: Tensor) -> float:
    """Mean surprise per token in nats on (B, T+1) token ids."""
    logits = model(sequences[:, :-1])  # (B, T, V)
    return cross_entropy(logits.flatten(0, 1), sequences[:, 1:].flatten()).item()


def mean_loss_in_pieces(model: Transformer, sequences: Tensor) -> Generator[None, None, float]:
    """The same, a few sequences at a time; it yields in between and returns the mean."""
    total_nats = 0.0
    for start in range(0, len(sequences), N_SEQUENCES_AT_A_TIME):
        if start:
            yield
        piece = sequences[start : start + N_SEQUENCES_AT_A_TIME]
        total_nats += mean_loss(model, piece) * len(piece)
    return total_nats / len(sequences)


@dataclass(frozen=True)
class DrawnText:
    """A text the model generated from nothing."""

    text: str
    ended: bool  # by the model itself; otherwise it was cut off


def draw_texts(
    model: Transformer, encoder: Encoder, seed: int, n_tokens: int = N_DRAWN_TOKENS
) -> Iterator[DrawnText]:
    """Texts the model begins and ends itself, endlessly; temperature 1, no filters.

    Args:
        model: generates the texts.
        encoder: turns its tokens into text.
        seed: seed of the sampling.
        n_tokens: maximum length of one text.
    """
    return (drawn for drawn in draw_in_pieces(model, encoder, seed, n_tokens) if drawn is not None)


def draw_in_pieces(
    model: Transformer, encoder: Encoder, seed: int, n_tokens: int = N_DRAWN_TOKENS
) -> Iterator[DrawnText | None]:
    """The texts of `draw_texts`, interspersed with None wherever sampling can be interrupted."""
    while True:
        texts = ContinuousBatch(model, N_SIDE_BY_SIDE)
        drawn: dict[int, list[int]] = {}
        ended: set[int] = set()
        for _ in range(N_SIDE_BY_SIDE):
            settings = SamplingSettings(temperature=1.0, seed=seed, max_tokens=n_tokens)
            drawn[texts.join([encoder.end_id], settings, encoder.end_id)] = []
            seed += 1
        for n_steps in count(1):
            for step in texts.step():
                drawn[step.ticket].append(step.drawn.token)
                if step.ending == "end":
                    ended.add(step.ticket)
            if not texts.n_active:
                break
            if n_steps % N_AT_A_TIME == 0:
                yield None
        for ticket, tokens in drawn.items():
            yield DrawnText(encoder.decode(tokens), ticket in ended)


@dataclass(frozen=True)
class Written:
    """The verdict on a model's own sentences.

    Args (shares of 1, except the counts):
        n_sentences: sentences judged.
        grammatical_share: share of these accepted by the small world's grammar.
        verbatim_share: share of these found verbatim in the training text.
        n_checkable: grammatical sentences that state a fact of the town.
        true_share: share of the checkable ones whose facts are true; 0 if there are none.
    """

    n_sentences: int
    grammatical_share: float
    verbatim_share: float
    n_checkable: int
    true_share: float


def n_texts_for(n_sentences: int) -> int:
    """How many texts to sample to get this many sentences."""
    return n_sentences // SENTENCES_PER_TEXT + 1


class WorldJudge:
    """Measures grammar, truth and copying of sentences with the small world's own rules.

    Args:
        settings: settings of the world the training text was generated from.
        training_texts: what the model has read, to detect what it merely repeats.
    """

    def __init__(self, settings: world.WorldSettings, training_texts: Iterable[str]) -> None:
        self.town = world.town(settings)
        shares = {"de": settings.german_share, "en": 1.0 - settings.german_share}
        self.languages = [lang for lang, share in shares.items() if share > 0.0]
        self.copies = world.Copies(training_texts)

    def judge(self, texts: Iterable[DrawnText], n_sentences: int) -> Written:
        """Judge the first `n_sentences` complete sentences of some texts.

        In a bilingual world, each text is judged in the language whose grammar accepts more of it;
        a sentence that mixes both is accepted by neither.

        Args:
            texts: enough texts to find the sentences in; taken as needed.
            n_sentences: sentences to judge; fewer if the texts have too few. An untrained model may
                never end one: each text is expected to yield SENTENCES_PER_TEXT.
        """
        found: list[world.Measures] = []
        n_found = n_copied = 0
        for drawn in islice(texts, n_texts_for(n_sentences)):
            whole = world.sentences(drawn.text, complete_only=not drawn.ended)
            sentences = whole[: n_sentences - n_found]
            judged = [world.measure(sentences, lang, self.town) for lang in self.languages]
            found.append(max(judged, key=lambda measures: measures.n_grammatical))
            n_copied += sum(map(self.copies.verbatim, sentences))
            n_found += len(sentences)
            if n_found == n_sentences:
                break
        n_checkable = sum(measures.n_checkable for measures in found)
        return Written(
            n_sentences=n_found,
            grammatical_share=sum(m.n_grammatical for m in found) / max(1, n_found),
            verbatim_share=n_copied / max(1, n_found),
            n_checkable=n_checkable,
            true_share=sum(m.n_true for m in found) / max(1, n_checkable),
        )


class Examiner:
    """Evaluates a model between two steps and reports the results, ready for JSON.

    Args:
        encoder: converts between tokens and text.
        dataset: what the model has read, and what it has not.
        settings: which evaluations to run; may be replaced between evaluations.
    """

    def __init__(self, encoder: Encoder, dataset: Dataset, settings: TrainingSettings) -> None:
        self.encoder = encoder
        self.dataset = dataset
        self.settings = settings

    def evaluating(self, model: Transformer) -> Generator[None, None, dict[str, float | int]]:
        """Loss on held-out text and, for the small world, the verdict on the model's own sentences.

        Sampling the sentences takes longer than many steps, so it pauses at every `yield` to let
        others have their turn. The results are the generator's return value.
        """
        found = yield from self.validating(model)
        n_sentences = self.settings.n_measured_sentences
        if self.settings.world is None or not n_sentences:
            return found
        yield
        judge = self.judge
        assert judge is not None  # there is a world
        yield
        texts: list[DrawnText] = []
        for drawn in draw_in_pieces(model, self.encoder, self.settings.seed):
            if drawn is None:
                yield
            else:
                texts.append(drawn)
            if len(texts) == n_texts_for(n_sentences):
                break
        return found | _told(judge.judge(texts, n_sentences))

    def evaluate(self, model: Transformer) -> dict[str, float | int]:
        """The same in one go."""
        return outcome_of(self.evaluating(model))

    def validating(self, model: Transformer) -> Generator[None, None, dict[str, float | int]]:
        """Loss on held-out text, or nothing if there is none; pauses like `evaluating`."""
        n_context = model.config.n_context
        sequences = validation_sequences(
            self.dataset, self.settings.n_validation_sequences, n_context
        )
        if not len(sequences):
            return {}
        loss_nats = yield from mean_loss_in_pieces(model, sequences)
        return {
            "validation_loss_nats": loss_nats,
            "validation_bits_per_byte": self.dataset.bits_per_byte(loss_nats, "validation"),
        }

    @cached_property
    def judge(self) -> WorldJudge | None:
        """The small world's rules, if the model was trained on the small world."""
        if self.settings.world is None:
            return None
        world_settings = world.WorldSettings(**self.settings.world)
        return WorldJudge(world_settings, documents_of(self.dataset, self.encoder))

    def sample(self, model: Transformer) -> dict[str, Any]:
        """How the model continues the prompt, always with the same draws, and the verdict on it."""
        prompt = self.settings.prompt
        tokens = [self.encoder.end_id, *self.encoder.encode(prompt)]
        sampling = SamplingSettings(
            seed=self.settings.seed, max_tokens=max(1, self.settings.n_sample_tokens)
        )
        drawn = [one.token for one in generate(model, tokens, sampling, self.encoder.end_id)]
        text = self.encoder.decode(drawn)
        found = {"prompt": prompt, "text": text}
        if self.settings.world is None:
            return found
        told = world.WorldSettings(**self.settings.world)
        return found | verdicts.judge(prompt, text, told).as_row()

    def sentence_losses(self, model: Transformer) -> dict[str, Any]:
        """Surprise at every token of the travelling sentence, in nats; empty without a sentence."""
        tokens = self.encoder.encode(self.settings.sentence)
        if not tokens:
            return {}
        losses = token_losses(model, [self.encoder.end_id, *tokens])  # (tokens,)
        spans = token_spans(self.encoder, tokens)
        place, by_span = 0, []
        for span in spans:  # tokens sharing a visible character are shown as one
            by_span.append(float(losses[place : place + len(span.ids)].sum()))
            place += len(span.ids)
        return {"tokens": [span.text for span in spans], "losses_nats": by_span}


def _told(written: Written) -> dict[str, float | int]:
    """The figures as row values: without checkable sentences there is no share of true ones."""
    return {
        name: value
        for name, value in asdict(written).items()
        if name != "true_share" or written.n_checkable
    }


def documents_of(dataset: Dataset, encoder: Encoder) -> Iterator[str]:
    """The training texts, decoded from their tokens."""
    ends = np.flatnonzero(dataset.train == encoder.end_id)  # before the first and after each
    for before, after in pairwise(ends):
        yield encoder.decode(dataset.train[before + 1 : after].tolist())
