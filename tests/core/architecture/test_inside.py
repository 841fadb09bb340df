"""Everything inside a model: complete, equal to the plain pass, and adding up to the logit."""

import pytest
import torch

from core.architecture.attribution import attribute
from core.architecture.changing import (
    AttentionOff,
    FeedForwardOff,
    HeadOff,
    Patched,
)
from core.architecture.inside import logit_lens, look_inside, n_shared
from core.architecture.one_by_one import answers_without_each_head, patched_answers
from core.architecture.positions import alibi_slopes
from core.errors import EmptyInput, SettingError, TooLong
from core.recheck.cells import KINDS, Place, cell
from core.recheck.transformer import forward

TOKENS = [3, 1, 4, 1, 5, 9, 2, 6]


def arrays(model):
    return {name: weight.numpy() for name, weight in model.state_dict().items()}


def test_it_ends_in_the_logits_of_the_plain_pass(config, model_of):
    model = model_of(config)
    inside = look_inside(model, TOKENS)
    with torch.inference_mode():
        torch.testing.assert_close(inside.logits, model(torch.tensor([TOKENS]))[0])
    torch.testing.assert_close(logit_lens(model, inside.residuals[-1]), inside.logits)


def values_of(inside):
    """Every tensor of a look inside, by name."""
    found = {"embedding": inside.embedding, "final": inside.final, "logits": inside.logits}
    for n, block in enumerate(inside.blocks):
        found |= {f"{n} {name}": each for name, each in vars(block).items() if each is not None}
    return found


@pytest.mark.parametrize(
    ("tokens", "n"),
    [
        ([*TOKENS[:5], 7, 7, 7, 7], 5),  # another end
        ([*TOKENS, 3], 8),  # longer
        (TOKENS[:4], 3),  # shorter: its last token is read again
        (TOKENS, 7),  # the same
        ([7, *TOKENS[1:]], 0),  # another beginning
    ],
)
def test_a_text_that_begins_like_a_known_one_goes_on_from_it(config, model_of, tokens, n):
    model = model_of(config)
    known = look_inside(model, TOKENS)
    assert n_shared(known, tokens) == n
    fresh, going_on = look_inside(model, tokens), look_inside(model, tokens, known=known)
    assert going_on.tokens == tuple(tokens)
    wanted, found = values_of(fresh), values_of(going_on)
    assert found.keys() == wanted.keys()
    for name, value in found.items():
        assert value.shape == wanted[name].shape, name
        apart = (value - wanted[name]).abs().max()
        assert apart <= 1e-5 * wanted[name].abs().max(), name


def test_nothing_is_taken_from_a_text_in_which_a_part_was_off(config, model_of):
    model = model_of(config)
    off = look_inside(model, TOKENS, [AttentionOff(0)])
    plain = look_inside(model, TOKENS)
    assert torch.equal(look_inside(model, TOKENS, known=off).logits, plain.logits)
    again = look_inside(model, TOKENS, [AttentionOff(0)], known=plain)
    assert torch.equal(again.logits, off.logits)


def test_every_value_is_the_one_that_numpy_computes(config, model_of):
    model = model_of(config)
    inside = look_inside(model, TOKENS)
    again = forward(arrays(model), config.to_dict(), TOKENS)

    def agree(ours, theirs):
        theirs = torch.as_tensor(theirs)
        assert ours.shape == theirs.shape
        assert (ours - theirs).abs().max() <= 1e-4 * theirs.abs().max()

    n_sharing = config.n_heads // config.n_kv_heads
    agree(inside.embedding, again.residuals[0])
    for block, part, heads, after in zip(
        inside.blocks, again.parts, again.heads, again.residuals[1:], strict=True
    ):
        for name, theirs in part.items():
            agree(getattr(block, name), theirs)
        for n, head in enumerate(heads):
            agree(block.queries[n], head.queries)
            agree(block.keys[n // n_sharing], head.keys)
            agree(block.values[n // n_sharing], head.values)
            agree(block.weights[n], head.weights)
        agree(block.after, after)
    agree(inside.final, again.final)
    agree(inside.logits, again.logits)


def shown(inside, place):
    """The number at a place, as torch computed it."""
    n_sharing = inside.config.n_heads // inside.config.n_kv_heads
    at, of = place.at, place.of
    block = inside.blocks[place.layer]
    if place.kind in ("embedding", "final"):
        return getattr(inside, place.kind)[at, of]
    if place.kind == "query":
        return block.queries[place.head, at, of]
    if place.kind in ("key", "value"):
        return getattr(block, f"{place.kind}s")[place.head // n_sharing, at, of]
    if place.kind == "weight":
        return block.weights[place.head, at, of]
    if place.kind == "score":
        key = block.keys[place.head // n_sharing, of]
        score = block.queries[place.head, at] @ key / inside.config.head_size**0.5
        if inside.config.positions == "alibi":
            score = score - alibi_slopes(inside.config.n_heads)[place.head] * (at - of)
        return score
    if place.kind == "logit":
        return inside.logits[at, of]
    if place.kind == "probability":
        return inside.logits[at].softmax(-1)[of]
    return getattr(block, place.kind)[at, of]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_number_is_computed_again_from_the_tokens(kind, config, model_of):
    model = model_of(config)
    inside = look_inside(model, TOKENS)
    for place in (Place(kind, at=5, of=2, layer=1, head=3), Place(kind, at=3, of=0)):
        found = cell(arrays(model), config.to_dict(), TOKENS, place)
        assert found.value == pytest.approx(float(shown(inside, place)), rel=2e-3, abs=2e-4)
        assert found.value == list(found.steps.values())[-1]
        if len(found.left):
            first = found.steps["sum" if kind == "mixed" else "product"]
            assert found.left @ found.right == pytest.approx(first)


def test_an_unknown_number_is_refused(config, model_of):
    model = model_of(config)
    with pytest.raises(ValueError, match="no kind"):
        cell(arrays(model), config.to_dict(), TOKENS, Place("colour", 0, 0))
    with pytest.raises(IndexError):
        cell(arrays(model), config.to_dict(), TOKENS, Place("embedding", len(TOKENS), 0))


def test_shares_add_up_to_the_logit(config, model_of):
    model = model_of(config)
    inside = look_inside(model, TOKENS)
    for at, token in ((7, 0), (2, 41)):
        shares = attribute(model, inside, at, token)
        logit = float(inside.logits[at, token])
        assert sum(each.logit for each in shares) == pytest.approx(logit, abs=1e-4 * abs(logit))
        heads = [each for each in shares if each.part == "attention"]
        assert len(heads) == config.n_layers * config.n_heads


def test_a_part_that_is_switched_off_is_one_whose_matrix_is_zero(config, model_of):
    model, size = model_of(config), config.head_size
    for change, name, columns in (
        (HeadOff(1, 2), "blocks.1.attention.out", slice(2 * size, 3 * size)),
        (FeedForwardOff(0), "blocks.0.feedforward.down", slice(None)),
        (AttentionOff(1), "blocks.1.attention.out", slice(None)),
    ):
        off = look_inside(model, TOKENS, [change])
        other = model_of(config)
        layer = other.get_submodule(name)
        with torch.no_grad():
            layer.weight[:, columns] = 0.0
            if layer.bias is not None and columns == slice(None):
                layer.bias.zero_()
        torch.testing.assert_close(off.logits, look_inside(other, TOKENS).logits)
    before = look_inside(model, TOKENS).logits
    with torch.inference_mode():  # afterwards everything is on again
        torch.testing.assert_close(model(torch.tensor([TOKENS]))[0], before)


def test_a_patched_stream_brings_the_other_texts_answer(config, model_of):
    model = model_of(config)
    other = [7, 7, 7, 7]
    theirs = look_inside(model, other)
    for after in range(config.n_layers + 1):
        patch = Patched(after, 3, theirs.residuals[after][3])
        mine = look_inside(model, TOKENS[:4], [patch])
        assert not torch.equal(mine.logits[3], look_inside(model, TOKENS[:4]).logits[3])
        torch.testing.assert_close(
            mine.residuals[after][:3], look_inside(model, TOKENS[:4]).residuals[after][:3]
        )
        if after == config.n_layers:  # nothing follows but the final norm
            torch.testing.assert_close(mine.logits[3], theirs.logits[3])


def test_what_cannot_be_looked_at_is_refused(config, model_of):
    model = model_of(config)
    with pytest.raises(EmptyInput):
        look_inside(model, [])
    with pytest.raises(TooLong):
        look_inside(model, [1] * 17)
    for change in (
        HeadOff(2, 0),
        HeadOff(0, 4),
        FeedForwardOff(-1),
        Patched(3, 0, torch.zeros(32)),
    ):
        with pytest.raises(SettingError):
            look_inside(model, TOKENS, [change])


def test_shares_add_up_to_the_logit_with_parts_switched_off(config, model_of):
    model = model_of(config)
    for changes in ([HeadOff(0, 1), FeedForwardOff(1)], [AttentionOff(1)], [AttentionOff(0)]):
        inside = look_inside(model, TOKENS, changes)
        logit = float(inside.logits[-1, 4])
        total = sum(each.logit for each in attribute(model, inside, len(TOKENS) - 1, 4))
        assert total == pytest.approx(logit, abs=1e-4 * float(inside.logits.abs().max()))


def test_all_places_patched_at_once_are_the_same_as_one_after_the_other(config, model_of):
    model, other = model_of(config), [3, 1, 8, 1, 5, 9, 2, 6]
    theirs = look_inside(model, other)
    found = patched_answers(model, look_inside(model, TOKENS), theirs.residuals, [2, 5, 7])
    for after in range(config.n_layers + 1):
        for n, at in enumerate((2, 5, 7)):
            one = look_inside(model, TOKENS, [Patched(after, at, theirs.residuals[after][at])])
            torch.testing.assert_close(found[after, n], one.logits[-1])
    assert torch.equal(found[0, 0].argmax(), theirs.logits[-1].argmax())  # their only difference


def test_every_head_switched_off_at_once_is_the_same_as_one_after_the_other(config, model_of):
    model = model_of(config)
    found = list(answers_without_each_head(model, look_inside(model, TOKENS)))
    assert len(found) == config.n_layers
    for layer, answers in enumerate(found):
        assert len(answers) == config.n_heads
        for head, logits in enumerate(answers):
            one = look_inside(model, TOKENS, [HeadOff(layer, head)])
            torch.testing.assert_close(logits, one.logits[-1])
