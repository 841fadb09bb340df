"""What a model can do right now: its loss on unseen text, and what it writes.

Every look uses the same unseen sequences, the same prompt and the same draws, so that two looks
differ by the weights alone.
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
from core.data.bpe import Encoder
from core.data.dataset import Dataset
from core.data.graphemes import token_spans
from core.inference.batching import ContinuousBatch
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.inference.surprise import token_losses
from core.training.settings import TrainingSettings

N_SIDE_BY_SIDE: Final = 32  # texts drawn together
SENTENCES_PER_TEXT: Final = 4  # the small world's texts have seven on average
N_DRAWN_TOKENS: Final = 200  # a drawn text is cut off there; its unfinished sentence is not judged
# Between two moments at which a look can be put aside for a moment:
N_AT_A_TIME: Final = 10  # tokens of every text that is drawn
N_SEQUENCES_AT_A_TIME: Final = 8  # of held-out text


def validation_sequences(dataset: Dataset, n_sequences: int, n_context: int) -> Tensor:
    """Evenly spread sequences of held-out text, always the same ones.

    Args:
        dataset: its validation stream is used.
        n_sequences: at most so many; fewer if the stream is short.
        n_context: tokens the model reads at once.

    Returns:
        (B, T+1) token ids: T inputs and, shifted by one, T targets. A stream shorter than
        T+1 gives one shorter sequence, an empty one (0, 0).
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
    """The same, some sequences at a time; it pauses between them and returns the mean."""
    total_nats = 0.0
    for start in range(0, len(sequences), N_SEQUENCES_AT_A_TIME):
        if start:
            yield
        piece = sequences[start : start + N_SEQUENCES_AT_A_TIME]
        total_nats += mean_loss(model, piece) * len(piece)
    return total_nats / len(sequences)


@dataclass(frozen=True)
class DrawnText:
    """A text a model has begun by itself."""

    text: str
    ended: bool  # by the model; otherwise it was cut off


def draw_texts(
    model: Transformer, encoder: Encoder, seed: int, n_tokens: int = N_DRAWN_TOKENS
) -> Iterator[DrawnText]:
    """Texts the model begins and ends by itself, without end; temperature 1, no filters.

    Args:
        model: writes.
        encoder: turns its tokens into text.
        seed: of the draws.
        n_tokens: greatest length of one text.
    """
    return (drawn for drawn in draw_in_pieces(model, encoder, seed, n_tokens) if drawn is not None)


def draw_in_pieces(
    model: Transformer, encoder: Encoder, seed: int, n_tokens: int = N_DRAWN_TOKENS
) -> Iterator[DrawnText | None]:
    """The texts of `draw_texts`, and between them None wherever drawing can pause a moment."""
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
    """What a model's own sentences were found to be.

    Args (all but the counts in shares of 1):
        n_sentences: sentences judged.
        grammatical_share: of these, accepted by the small world's grammar.
        verbatim_share: of these, found word for word in the training text.
        n_checkable: grammatical sentences that state a fact of the town.
        true_share: of these, those whose facts are so; 0 if none is checkable.
    """

    n_sentences: int
    grammatical_share: float
    verbatim_share: float
    n_checkable: int
    true_share: float


def n_texts_for(n_sentences: int) -> int:
    """How many texts to draw for so many sentences."""
    return n_sentences // SENTENCES_PER_TEXT + 1


class WorldJudge:
    """Grammar, truth and copying of sentences, measured with the rules the small world is told by.

    Args:
        settings: of the world the training text was told from.
        training_texts: what the model has read, to know what it only repeats.
    """

    def __init__(self, settings: world.WorldSettings, training_texts: Iterable[str]) -> None:
        self.town = world.town(settings)
        shares = {"de": settings.german_share, "en": 1.0 - settings.german_share}
        self.languages = [lang for lang, share in shares.items() if share > 0.0]
        self.copies = world.Copies(training_texts)

    def judge(self, texts: Iterable[DrawnText], n_sentences: int) -> Written:
        """Judge the first `n_sentences` whole sentences of some texts.

        In a world of two languages a text is held against the one whose grammar accepts more of
        it; a sentence in a mixture of both is accepted by neither.

        Args:
            texts: as many as there are sentences to be found in; taken as needed.
            n_sentences: sentences to judge; fewer if the texts have too few. A model that knows
                nothing may never end one: of every text SENTENCES_PER_TEXT are expected.
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
    """Looks at a model between two steps and says what it finds, ready for JSON.

    Args:
        encoder: between its tokens and text.
        dataset: what it has read, and what it has not.
        settings: which looks were asked for; may be exchanged between looks.
    """

    def __init__(self, encoder: Encoder, dataset: Dataset, settings: TrainingSettings) -> None:
        self.encoder = encoder
        self.dataset = dataset
        self.settings = settings

    def evaluating(self, model: Transformer) -> Generator[None, None, dict[str, float | int]]:
        """Loss on held-out text and, for the small world, what the model's own sentences are.

        Drawing the sentences takes longer than many steps: it pauses at every `yield`, so that
        others can take their turn. What it finds is what it returns at its end.
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
        looking = self.evaluating(model)
        while True:
            try:
                next(looking)
            except StopIteration as end:
                found: dict[str, float | int] = end.value
                return found

    def validating(self, model: Transformer) -> Generator[None, None, dict[str, float | int]]:
        """Loss on held-out text, nothing if there is none; it pauses as `evaluating` does."""
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
        """The small world's rules, if that is what the model reads."""
        if self.settings.world is None:
            return None
        world_settings = world.WorldSettings(**self.settings.world)
        return WorldJudge(world_settings, documents_of(self.dataset, self.encoder))

    def sample(self, model: Transformer) -> dict[str, str]:
        """How the model continues the prompt; the same draws every time."""
        tokens = [self.encoder.end_id, *self.encoder.encode(self.settings.prompt)]
        sampling = SamplingSettings(
            seed=self.settings.seed, max_tokens=max(1, self.settings.n_sample_tokens)
        )
        drawn = [one.token for one in generate(model, tokens, sampling, self.encoder.end_id)]
        return {"prompt": self.settings.prompt, "text": self.encoder.decode(drawn)}

    def sentence_losses(self, model: Transformer) -> dict[str, Any]:
        """Surprise at every token of the travelling sentence, in nats; nothing without one."""
        tokens = self.encoder.encode(self.settings.sentence)
        if not tokens:
            return {}
        losses = token_losses(model, [self.encoder.end_id, *tokens])  # (tokens,)
        spans = token_spans(self.encoder, tokens)
        place, by_span = 0, []
        for span in spans:  # tokens that share a visible character are shown as one
            by_span.append(float(losses[place : place + len(span.ids)].sum()))
            place += len(span.ids)
        return {"tokens": [span.text for span in spans], "losses_nats": by_span}


def _told(written: Written) -> dict[str, float | int]:
    """The figures as a row holds them: without a checkable sentence no share of them is true."""
    return {
        name: value
        for name, value in asdict(written).items()
        if name != "true_share" or written.n_checkable
    }


def documents_of(dataset: Dataset, encoder: Encoder) -> Iterator[str]:
    """The training texts again, from their tokens."""
    ends = np.flatnonzero(dataset.train == encoder.end_id)  # before the first and after each
    for before, after in pairwise(ends):
        yield encoder.decode(dataset.train[before + 1 : after].tolist())
