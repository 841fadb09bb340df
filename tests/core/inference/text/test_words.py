"""Whole words out of token probabilities."""

from itertools import product

import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.data.text.bpe import FIRST_BYTE, SPECIALS, Encoder, train_bpe
from core.inference.sampling import SamplingSettings, draw, hit, next_token_probs, temper
from core.inference.text.words import (
    Beginning,
    Boundaries,
    Kind,
    WordReader,
    WordTree,
    next_words,
    word_probs,
)

PLAIN = SamplingSettings()
MILD = SamplingSettings(temperature=0.7, top_k=40, top_p=0.9)


def tiny(seed=1, n_context=16, n_vocab=300):
    """An encoder and an untrained model of its tokens, in float64."""
    encoder = train_bpe(["der Garten, die Gärten. It’s a garden! " * 3], n_vocab)
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=n_context,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
    )
    return encoder, Transformer(config, seed=seed).double().eval()


def test_a_word_ends_where_the_next_token_begins_something_new():
    boundaries = Boundaries(tiny()[0])
    encoder = boundaries.encoder

    def goes_on(before, token):
        kind = boundaries.last([boundaries_token(encoder, before)])
        return bool(boundaries.goes_on(kind)[boundaries_token(encoder, token)])

    assert goes_on("r", "t")
    assert not goes_on("r", " ") and not goes_on("r", ".") and not goes_on(".", "r")
    assert goes_on(".", "!")
    assert goes_on("r", "'") and goes_on("r", "-")  # joined: it's, E-Mail
    assert goes_on(" ", "r") and goes_on("\n", ".")  # white space belongs to what follows it
    assert goes_on("\xc3", "\xa4")  # two bytes of one letter


def boundaries_token(encoder, character):
    return FIRST_BYTE + ord(character)


@pytest.mark.parametrize("special", range(len(SPECIALS)))
def test_a_special_token_is_a_word_by_itself(special):
    encoder, _ = tiny()
    boundaries = Boundaries(encoder)
    for kind in Kind:
        assert not boundaries.goes_on(kind)[special]
    assert boundaries.text([FIRST_BYTE + 10, special]) == "\n" + SPECIALS[special]


def test_the_probability_of_a_word_is_what_a_hand_computes():
    """ "a" alone and "a" + "b" are words; of " " nothing is read further."""
    boundaries = Boundaries(Encoder([]))
    a, b, space = (FIRST_BYTE + ord(character) for character in "ab ")

    def logits(**chances):
        scores = torch.full((boundaries.encoder.n_vocab,), float("-inf"))
        for character, chance in chances.items():
            scores[{"a": a, "b": b, "space": space}[character]] = torch.tensor(chance).log()
        return scores

    tree = WordTree(
        (
            Beginning((), -1, Kind.BLANK, logits(a=0.75, space=0.25)),
            Beginning((a,), 0, Kind.LETTERS, logits(b=0.5, space=0.5)),
            Beginning((a, b), 1, Kind.LETTERS, logits(a=0.25, space=0.75)),
        ),
        boundaries,
    )
    words, others = word_probs(tree, PLAIN)
    found = {word: p for word, p in words.items() if p}
    assert found == pytest.approx({"a": 0.75 * 0.5, "ab": 0.75 * 0.5 * 0.75})
    assert others == pytest.approx(0.25 + 0.75 * 0.5 * 0.25)  # " ", and "ab" gone on with
    cold, none = word_probs(tree, SamplingSettings(temperature=0.0))
    assert cold["a"] == 1.0 and none == 0.0  # "a", then of two equals the lower id: the space


@pytest.mark.parametrize("settings", [PLAIN, MILD, SamplingSettings(temperature=2.0)])
@pytest.mark.parametrize("closed", [False, True])
def test_the_words_found_and_all_others_add_up_to_one(settings, closed):
    encoder, model = tiny()
    reader = WordReader(model, Boundaries(encoder))
    tree = reader.read([0, *encoder.encode("der Gar")], closed=closed, least=0.001)
    words, others = word_probs(tree, settings)
    assert sum(words.values()) + others == pytest.approx(1.0)
    assert all(p >= 0 for p in words.values())


def test_words_are_as_likely_as_counting_all_their_paths_says():
    """Brute force: every word of one or two tokens, each by a pass of its own."""
    encoder, model = tiny()
    boundaries = Boundaries(encoder)
    text = [0, *encoder.encode("der")]
    tree = WordReader(model, boundaries).read(text, least=0.0035)
    assert max(len(each.tokens) for each in tree.beginnings) >= 1
    words, _ = word_probs(tree, MILD)
    read = {each.tokens for each in tree.beginnings}

    expected: dict[str, float] = {}
    first = next_token_probs(model(torch.tensor([text]))[0, -1].detach(), MILD)
    for tokens in [t for t in read if t]:
        kind, p = boundaries.last(tokens), 1.0
        if kind is Kind.BLANK:
            continue
        for n in range(len(tokens)):
            probs = next_token_probs(
                model(torch.tensor([[*text, *tokens[:n]]]))[0, -1].detach(), MILD
            )
            p *= float(probs[tokens[n]])
        after = next_token_probs(model(torch.tensor([[*text, *tokens]]))[0, -1].detach(), MILD)
        name = boundaries.text(tokens)
        expected[name] = expected.get(name, 0.0) + p * float(after[~boundaries.goes_on(kind)].sum())
    assert {name: words[name] for name in expected} == pytest.approx(expected)
    assert words["<|end|>"] == pytest.approx(float(first[0]))


def test_the_next_words_come_with_the_likeliest_first_and_as_the_tree_has_them():
    encoder, model = tiny()
    reader, text = WordReader(model, Boundaries(encoder)), [0, *encoder.encode("der Garten")]
    found = next_words(reader, text, MILD, closed=True, least=0.001)
    words, _ = word_probs(reader.read(text, closed=True, least=0.001), MILD)
    assert found == words and list(found.values()) == sorted(words.values(), reverse=True)
    assert found != next_words(reader, text, MILD, closed=False, least=0.001)


def test_after_a_word_that_is_over_nothing_goes_on_with_it():
    encoder, model = tiny()
    boundaries = Boundaries(encoder)
    text = [0, *encoder.encode("der")]
    tree = WordReader(model, boundaries).read(text, closed=True)
    probs = temper(tree.beginnings[0].logits, 1.0)
    going_on = boundaries.goes_on(Kind.LETTERS)
    assert float(probs[going_on].sum()) == 0.0
    free = temper(model(torch.tensor([text]))[0, -1].detach(), 1.0)
    torch.testing.assert_close(probs[~going_on], free[~going_on] / free[~going_on].sum())


def test_a_text_at_the_edge_of_the_context_is_read_as_writing_reads_it():
    """Its beginning is lost while the word grows; the beginnings are read again."""
    encoder, model = tiny(n_context=8)
    boundaries = Boundaries(encoder)
    text = [FIRST_BYTE + ord(character) for character in "ergarten"]  # as long as the context
    tree = WordReader(model, boundaries).read(text, least=0.003)
    read = [each for each in tree.beginnings if each.tokens]
    assert read
    for each in read:
        seen = [*text, *each.tokens][4:]
        expected = model(torch.tensor([seen]))[0, -1].detach()
        torch.testing.assert_close(each.logits, expected)


def test_one_dart_after_the_other_draws_words_as_often_as_they_are_likely():
    encoder, model = tiny()
    boundaries = Boundaries(encoder)
    reader = WordReader(model, boundaries)
    text, n = [0, *encoder.encode("der")], 400
    settings = SamplingSettings(temperature=0.3, top_k=4)
    drawn = [reader.draw(text, settings, (i + 0.5) / n).tokens for i in range(n)]
    words, _ = word_probs(reader.read(text, least=0.0), settings)
    likeliest = sorted(words, key=words.__getitem__)[-3:]
    for word in likeliest:
        often = sum(boundaries.text(tokens) == word for tokens in drawn) / n
        assert often == pytest.approx(words[word], abs=0.02)


def test_the_first_token_of_a_word_is_the_one_that_the_same_dart_draws():
    encoder, model = tiny()
    text = [0, *encoder.encode("der")]
    reader = WordReader(model, Boundaries(encoder))
    probs = next_token_probs(model(torch.tensor([text]))[0, -1].detach(), MILD)

    class Thrown:
        def __init__(self, dart):
            self.random = lambda: dart

    for dart in (0.0, 0.21, 0.5, 0.83, 0.999):
        assert reader.draw(text, MILD, dart).tokens[0] == draw(probs, Thrown(dart))


def test_a_dart_stands_somewhere_in_the_stretch_it_hits():
    probs = torch.tensor([0.25, 0.0, 0.5, 0.25])
    assert hit(probs, 0.125) == (0, 0.5)
    assert hit(probs, 0.25) == (2, 0.0)  # never a token without a stretch
    assert hit(probs, 0.625) == (2, 0.75)
    for a, b in product((0.1, 0.3, 0.9), repeat=2):
        token, rest = hit(probs, a)
        assert 0 <= rest < 1 and probs[token] > 0
        assert hit(probs, b)[0] in (0, 2, 3)
