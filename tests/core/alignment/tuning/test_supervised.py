"""Supervised fine-tuning: only answers count, and what counts is learned."""

import math

import torch

from core.alignment.text.answered import laid_out
from core.alignment.text.chat import example_tokens
from core.alignment.text.examples import Example
from core.alignment.tuning.supervised import (
    IGNORED,
    answer_loss,
    lesson,
    masked_spans,
    masked_targets,
    mean_answer_loss,
)
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder

BYTES = Encoder([])
EXAMPLES = [Example("a?", "b", "en", "own"), Example("cc?", "d", "en", "own")]


def a_model() -> Transformer:
    config = ModelConfig(
        n_vocab=BYTES.n_vocab, n_context=32, n_layers=1, n_heads=2, n_kv_heads=2, n_channels=16,
        n_hidden=32,
    )  # fmt: skip
    return Transformer(config, seed=1)


def test_the_loss_of_two_answer_tokens_worked_by_hand():
    # Three tokens to choose from. The answer's two tokens had 1/2 and 1/4: mean -log = 1.5 ln 2.
    probs = torch.tensor([[[0.9, 0.05, 0.05], [0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]])
    tokens = torch.tensor([[2, 1, 0, 1]])
    mask = torch.tensor([[False, False, True, True]])
    logits = torch.cat([probs.log(), torch.zeros(1, 1, 3)], dim=1)
    assert masked_targets(tokens, mask).tolist() == [[IGNORED, 0, 1]]
    torch.testing.assert_close(answer_loss(logits, tokens, mask), torch.tensor(1.5 * math.log(2)))


def test_what_the_question_s_tokens_are_changes_no_gradient_of_what_is_expected_of_them():
    tokens, mask = torch.tensor([[3, 4, 5, 6]]), torch.tensor([[False, False, True, True]])
    logits = torch.randn(1, 4, 9, generator=torch.Generator().manual_seed(0), requires_grad=True)
    answer_loss(logits, tokens, mask).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0].abs().max() == 0.0  # predicts the question's second token
    assert logits.grad[0, 1].abs().max() > 0.0  # predicts the answer's first
    assert logits.grad[0, 3].abs().max() == 0.0  # predicts nothing that exists


def test_padding_changes_no_loss():
    model = a_model()
    rows = lesson(BYTES, EXAMPLES, 32).rows
    together, n = mean_answer_loss(model, laid_out(rows))
    alone = [mean_answer_loss(model, laid_out([row])) for row in rows]
    assert n == sum(n_alone for _, n_alone in alone) == 4
    assert abs(together * n - sum(loss * n_alone for loss, n_alone in alone)) < 1e-4


def test_an_example_longer_than_the_context_is_left_out_and_reported():
    long = Example("?", "x" * 40, "en", "own")
    found = lesson(BYTES, [EXAMPLES[0], long, EXAMPLES[1]], 32)
    assert found.too_long == (1,)
    assert len(found.rows) == 2


def test_counting_the_questions_too_counts_every_token():
    counted = lesson(BYTES, EXAMPLES, 32, count_questions=True)
    assert all(all(mask) for _, mask in counted.rows)
    assert sum(sum(mask) for _, mask in lesson(BYTES, EXAMPLES, 32).rows) == 4


def test_every_example_comes_once_per_epoch_in_an_order_that_the_seed_decides():
    found = lesson(BYTES, [Example(f"{n}?", "b", "en", "own") for n in range(6)], 32)
    seen = [found.batch(step, 5, 2).tokens[:, 2].tolist() for step in range(3)]
    assert sorted(token for batch in seen for token in batch) == sorted(
        3 + ord(str(n)) for n in range(6)
    )
    assert torch.equal(found.batch(1, 5, 2).tokens, found.batch(1, 5, 2).tokens)
    orders = {tuple(found.batch(0, seed, 6).tokens[:, 2].tolist()) for seed in range(5)}
    assert len(orders) > 1


def test_the_answer_is_learned_and_the_question_is_not():
    model = a_model()
    batch = laid_out(lesson(BYTES, EXAMPLES, 32).rows)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        loss = answer_loss(model(batch.tokens), batch.tokens, batch.mask)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    spans = masked_spans(model, BYTES, "a?", "b")
    assert max(span.loss_nats for span in spans if span.counted) < 0.2
    assert max(span.loss_nats for span in spans if not span.counted) > 2.0


def test_an_example_is_shown_piece_by_piece_with_its_marks():
    model, (tokens, mask) = a_model(), example_tokens(BYTES, "ä?", "b")
    spans = masked_spans(model, BYTES, "ä?", "b")
    texts = ["<|end|>", "<|user|>", "ä", "?", "<|assistant|>", "b", "<|end|>"]
    assert [span.text for span in spans] == texts  # two bytes of one letter stay together
    assert [id for span in spans for id in span.ids] == tokens
    assert [span.counted for span in spans for _ in span.ids] == mask
    assert all(span.counted for span in masked_spans(model, BYTES, "ä?", "b", True))
