"""Supervised fine-tuning: the model reads a question and is corrected on its answer alone.

The loss is the one of pretraining, minus the log of the probability that the right next token had;
only where it is counted differs. The question is given to the model: it need not learn to ask.

What a model forgets by it is measured (`core.alignment.tuning.forgetting`). Reading some of its
training text beside the examples keeps most of it, as InstructGPT's makers found; that is a choice
of the run (`FineTuningSettings.n_plain`), so that the cost of fine-tuning can be seen first.

Source: Ouyang et al. 2022, "Training language models to follow instructions with human feedback",
arXiv:2203.02155, section 3.5; loss on the completion alone as in trl's SFTTrainer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.alignment.text.answered import Answered, laid_out
from core.alignment.text.chat import example_tokens
from core.alignment.text.examples import Example
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.text.graphemes import token_spans
from core.inference.surprise import token_losses

IGNORED = -100
"""Stands where nothing is to be predicted, as in torch and transformers."""


def masked_targets(tokens: Tensor, mask: Tensor) -> Tensor:
    """What is to be predicted after each token, and nothing where no answer stands.

    Args:
        tokens: (B, T) questions with their answers.
        mask: (B, T) True on the tokens that count.

    Returns:
        (B, T - 1) token ids; IGNORED where the next token does not count.
    """
    return torch.where(mask[:, 1:], tokens[:, 1:], IGNORED)


def answer_loss(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """How little the model expected the answers: the mean over all their tokens.

    Every token of the batch weighs the same, so a long answer weighs more than a short one.

    Args:
        logits: (B, T, V) scores of what follows each token.
        tokens: (B, T) questions with their answers.
        mask: (B, T) True on the tokens that count, at least one of them beyond the first place.

    Returns:
        () nats per counted token.
    """
    targets = masked_targets(tokens, mask)  # (B, T - 1)
    return cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten(), ignore_index=IGNORED)


@dataclass(frozen=True)
class Lesson:
    """Examples as the model reads them, in their order.

    Args:
        rows: tokens and mask of every example that fits into the context.
        too_long: places of those that do not, and are left out: half an answer would teach the
            model to stop in the middle.
    """

    rows: tuple[tuple[list[int], list[bool]], ...]
    too_long: tuple[int, ...]

    def batch(self, step: int, seed: int, n_batch: int) -> Answered:
        """The examples of one step; a pure function of step and seed.

        All examples are gone through in a mixed order, then again in another.
        """
        n_batch = min(n_batch, len(self.rows))
        n_per_round = len(self.rows) // n_batch
        passed, place = divmod(step, n_per_round)
        generator = torch.Generator().manual_seed(seed * 1_000_003 + passed)
        order = torch.randperm(len(self.rows), generator=generator).tolist()
        chosen = order[place * n_batch : (place + 1) * n_batch]
        return laid_out([self.rows[i] for i in chosen])


def lesson(
    encoder: Encoder,
    examples: Sequence[Example],
    n_context: int,
    count_questions: bool = False,
) -> Lesson:
    """Lay examples out for a model.

    Args:
        encoder: makes tokens of the texts.
        examples: questions with answers.
        n_context: tokens the model can look at together; longer examples are left out.
        count_questions: count the tokens of the question too, which is not fine-tuning as one
            does it: to see what the mask is good for.
    """
    rows, too_long = [], []
    for place, one in enumerate(examples):
        tokens, mask = example_tokens(encoder, one.question, one.answer)
        if len(tokens) > n_context:
            too_long.append(place)
        else:
            rows.append((tokens, [True] * len(tokens) if count_questions else mask))
    return Lesson(tuple(rows), tuple(too_long))


@torch.inference_mode()
def mean_answer_loss(model: Transformer, answered: Answered) -> tuple[float, int]:
    """Loss on some answers.

    Returns:
        Nats per token of the answers, and how many tokens they have.
    """
    loss = answer_loss(model(answered.tokens), answered.tokens, answered.mask)
    return loss.item(), int(answered.mask[:, 1:].sum())


@dataclass(frozen=True)
class MaskedSpan:
    """A visible piece of an example, and whether the loss counts it.

    Args:
        text: what it says; a mark is written as its name.
        ids: its tokens.
        counted: whether the mask is True there.
        loss_nats: how little its tokens were expected, together; 0 for the first, which nothing
            comes before.
    """

    text: str
    ids: tuple[int, ...]
    counted: bool
    loss_nats: float


def masked_spans(
    model: Transformer, encoder: Encoder, question: str, answer: str, count_questions: bool = False
) -> list[MaskedSpan]:
    """An example piece by piece: what is read, what counts, and how little it was expected.

    Args:
        model: reads; it is not changed.
        encoder: makes tokens of the texts.
        question, answer: of the example.
        count_questions: whether the question counts too.
    """
    tokens, mask = example_tokens(encoder, question, answer)
    losses = [0.0, *token_losses(model, tokens).tolist()]  # (T,)
    spans: list[MaskedSpan] = []
    place = 0
    for piece in token_spans(encoder, tokens):
        end = place + len(piece.ids)
        counted = mask[place] or count_questions
        spans.append(MaskedSpan(piece.text, tuple(piece.ids), counted, sum(losses[place:end])))
        place = end
    return spans
