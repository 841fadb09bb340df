"""Beam search: against looking at every text there is, and the tree it leaves behind."""

from itertools import pairwise, product

import pytest
import torch

from core.errors import EmptyInput, SettingError, WritingFailed
from core.inference.beams import BeamSettings, search
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.inference.surprise import token_losses


def last(model, tokens, end_id=None, **settings):
    *_, beams = search(model, tokens, BeamSettings(**settings), end_id)
    return beams


def logprob_of(model, tokens, continuation):
    return -float(token_losses(model, [*tokens, *continuation])[len(tokens) - 1 :].sum())


@pytest.fixture
def model(config, model_of):
    return model_of(config).double()


def test_one_beam_is_greedy(model):
    greedy = [d.token for d in generate(model, [3], SamplingSettings(temperature=0, max_tokens=9))]
    found = last(model, [3], n_beams=1, max_tokens=9)
    assert [list(each.tokens) for each in found.finished] == [greedy]


def test_a_search_as_wide_as_the_vocabulary_finds_the_likeliest_of_all_texts(model):
    found = last(model, [3, 1], n_beams=50, max_tokens=2)
    every = {text: logprob_of(model, [3, 1], text) for text in product(range(50), repeat=2)}
    likeliest = sorted(every, key=every.__getitem__, reverse=True)
    assert [each.tokens for each in found.finished[:10]] == likeliest[:10]
    for each in found.finished:
        assert each.logprob == pytest.approx(every[each.tokens])
        assert each.score == pytest.approx(each.logprob / 2)


def test_every_step_shows_the_tree_grow(model):
    steps = list(search(model, [3], BeamSettings(n_beams=3, max_tokens=5), end_id=7))
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    for depth, step in enumerate(steps, start=1):
        newest = [node for node in step.nodes if node.depth == depth]
        assert len(newest) == 6  # twice as many as beams
        assert [node.number for node in step.nodes] == list(range(len(step.nodes)))
        for node in step.nodes:
            before = 0.0 if node.parent is None else step.nodes[node.parent].total
            assert node.total == pytest.approx(before + node.logprob)
            assert node.parent is None or step.nodes[node.parent].depth == node.depth - 1
        assert all(step.nodes[node].state == "alive" for node in step.alive)
        assert all(node.token != 7 for node in newest if node.state == "alive")
    final = steps[-1]
    assert not final.alive
    through = {node.number for node in final.nodes if node.state == "finished"}
    ends = {each.node for each in final.finished}
    parents = {final.nodes[node].parent for node in through}
    assert ends <= through and through - ends <= parents


def test_a_node_whose_children_have_all_gone_is_dropped_later(model):
    steps = list(search(model, [3], BeamSettings(n_beams=3, max_tokens=8)))
    states = [{node.number: node.state for node in step.nodes} for step in steps]
    later_dropped = [
        number
        for before, after in pairwise(states)
        for number, state in before.items()
        if state == "alive" and after[number] == "dropped"
    ]
    assert later_dropped
    assert all(
        after[number] == "dropped"
        for before, after in pairwise(states)
        for number, state in before.items()
        if state == "dropped"
    )


def test_a_low_length_penalty_prefers_short_texts_and_a_high_one_long_texts(model):
    # A token that beams come upon soon ends a text.
    first = last(model, [3], n_beams=8, max_tokens=3)
    end_id = next(node.token for node in first.nodes if node.depth == 2)
    scores = {}
    for penalty in (-2.0, 5.0):
        found = last(model, [3], end_id, n_beams=8, max_tokens=8, length_penalty=penalty).finished
        scores[penalty] = [len(each.tokens) for each in found]
        assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)
    assert sum(scores[-2.0]) < sum(scores[5.0])


def test_fewer_tokens_than_beams_are_enough(config, model_of):
    found = last(model_of(config), [3], n_beams=60, max_tokens=3)
    assert len(found.finished) == 60
    assert len({each.tokens for each in found.finished}) == 60


def test_what_cannot_be_searched_is_refused(config, model_of):
    model = model_of(config)
    with pytest.raises(EmptyInput):
        last(model, [])
    assert last(model, [1] * 7, max_tokens=10).finished
    with pytest.raises(SettingError, match="must be at most 10"):
        last(model, [1] * 7, max_tokens=11)
    with torch.no_grad():
        model.output_table[9] = float("nan")
    with pytest.raises(WritingFailed):
        last(model, [1], max_tokens=3)
    for name, value in [
        ("n_beams", 0),
        ("max_tokens", 0),
        ("length_penalty", float("nan")),
        ("early_stopping", True),
    ]:
        with pytest.raises(SettingError) as error:
            BeamSettings(**{name: value})
        assert error.value.values["name"] == name
