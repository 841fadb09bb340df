"""Parallel texts get the tokens they would get alone, whichever texts come and go."""

from random import Random

import pytest

from core.errors import EmptyInput
from core.inference.batching import ContinuousBatch
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings


def orders(n_orders):
    """Prompts and settings of every kind; some longer than the context of 16, some not."""
    chance = Random(11)
    return [
        (
            [chance.randrange(50) for _ in range(chance.randrange(1, 30))],
            SamplingSettings(
                temperature=chance.choice([0.0, 0.7, 1.0, 1.5]),
                top_k=chance.choice([None, 3, 20]),
                top_p=chance.choice([1.0, 0.8]),
                seed=chance.randrange(1000),
                max_tokens=chance.randrange(1, 40),
            ),
        )
        for _ in range(n_orders)
    ]


def alone(model, prompt, settings, end_id=None):
    return [drawn.token for drawn in generate(model, prompt, settings, end_id)]


def test_texts_that_come_and_go_are_written_as_if_alone(config, model_of):
    model, chance = model_of(config), Random(2)
    waiting, batch = orders(14), ContinuousBatch(model, n_rows=4)
    expected, written, ended, endings = {}, {}, {}, {}
    while waiting or batch.n_active:
        if waiting and batch.n_free and chance.random() < 0.4:
            prompt, settings = waiting.pop()
            free = alone(model, prompt, settings)
            end_id = free[len(free) // 2] if len(waiting) % 2 else None
            ticket = batch.join(prompt, settings, end_id)
            expected[ticket], written[ticket] = alone(model, prompt, settings, end_id), []
            ended[ticket] = "length" if end_id is None else "end"
        for step in batch.step():
            written[step.ticket].append(step.drawn.token)
            if step.ending:
                endings[step.ticket] = step.ending
    assert written == expected
    assert endings == ended


def test_a_text_that_leaves_early_changes_nothing_for_the_others(config, model_of):
    model, batch = model_of(config), ContinuousBatch(model_of(config), n_rows=3)
    settings = [SamplingSettings(seed=seed, max_tokens=12) for seed in range(3)]
    tickets = [batch.join([5, 6], s) for s in settings]
    written = {ticket: [] for ticket in tickets}
    for i in range(12):
        if i == 5:
            batch.leave(tickets[0])
        for step in batch.step():
            written[step.ticket].append(step.drawn.token)
    assert batch.n_active == 0
    for ticket, own, n in zip(tickets, settings, (5, 12, 12), strict=True):
        assert written[ticket] == alone(model, [5, 6], own)[:n]


def test_a_ticket_that_has_left_may_leave_again(config, model_of):
    batch = ContinuousBatch(model_of(config), n_rows=2)
    ticket = batch.join([1], SamplingSettings())
    batch.leave(ticket)
    batch.leave(ticket)
    assert batch.n_free == 2
    assert batch.step() == []


def test_a_full_batch_and_impossible_tokens_are_refused_and_leave_no_trace(config, model_of):
    batch = ContinuousBatch(model_of(config), n_rows=1)
    with pytest.raises(EmptyInput):
        batch.join([], SamplingSettings())
    with pytest.raises(ValueError, match="must lie in"):
        batch.join([3, 50], SamplingSettings())
    batch.join([3], SamplingSettings())
    with pytest.raises(ValueError, match="in use"):
        batch.join([3], SamplingSettings())
    assert batch.n_active == 1


def test_trying_several_threads_leaves_no_trace_in_the_texts(config, model_of):
    model, batch = model_of(config), ContinuousBatch(model_of(config), n_rows=4)
    expected, written = {}, {}
    for prompt, settings in orders(4):
        ticket = batch.join(prompt, settings)
        expected[ticket], written[ticket] = alone(model, prompt, settings), []
    while batch.n_active:
        if not batch.slides:
            assert batch.same_with_threads(1)
            batch.same_with_threads(3)
        for step in batch.step():
            written[step.ticket].append(step.drawn.token)
    assert written == expected
