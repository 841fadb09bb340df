"""A model of others as a witness: what is read from its answers, and that they are its own."""

from random import Random

import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.text.smollm2 import smollm2_file
from core.architecture.transformer import Transformer
from core.data.text.bpe import train_bpe
from core.errors import SettingError
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.limits import witness
from core.limits.witness import INVENTED, JOBS, REAL, SORTS, Role, Witness, name_in, put, sums


@pytest.fixture(scope="module")
def small():
    texts = ["he said that she said that he is here and she is there"] * 4
    encoder = train_bpe(texts, 290)
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=48,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
    )
    model = Transformer(config, seed=3)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn(weight.shape, generator=generator))
    return Witness(model.eval(), encoder)


def test_the_likeliest_text_is_the_one_that_generation_writes(small):
    greedy = SamplingSettings(temperature=0.0, max_tokens=6)
    tokens = small.tokens("he said")
    end = small.encoder.end_id
    written = [one.token for one in generate(small.model, tokens, greedy, end)]
    kept = [token for token in written if token != end]
    assert small.likeliest("he said", 6) == small.encoder.decode(kept)


def test_draws_of_one_seed_are_the_same_and_follow_the_models_probabilities(small):
    one, again = (small.drawn("he said", 400, 1, Random(5)) for _ in range(2))
    assert one == again
    probs = small.model(torch.tensor([small.tokens("he said")]), only_last=True)[0, 0]
    probs = probs.detach().softmax(-1)
    texts = [small.encoder.decode([token]) for token in range(len(probs))]  # some read alike
    text = texts[int(probs.argmax())]
    share = sum(float(p) for each, p in zip(texts, probs, strict=True) if each == text)
    n = sum(each == text for each in one)
    assert abs(n / 400 - share) < 4 * (share * (1 - share) / 400) ** 0.5 + 0.01


def test_two_words_share_what_both_have(small):
    one, other = (small.encoder.encode(f" {word}") for word in ("he", "she"))
    assert len(one) == len(other) == 1
    logits = small.model(torch.tensor([small.tokens("said that")]), only_last=True)[0, 0].detach()
    he, she = (float(logits.softmax(-1)[each[0]]) for each in (one, other))
    assert small.share_of("said that", "she", "he") == pytest.approx(she / (she + he), abs=1e-6)
    both = small.share_of("said that", "she", "he") + small.share_of("said that", "he", "she")
    assert both == pytest.approx(1.0)


def test_a_word_of_several_tokens_is_refused(small):
    with pytest.raises(SettingError):
        small.share_of("said that", "zebra", "he")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" Paris. It is", "Paris"),
        (" New Delhi, which", "New Delhi"),
        (" Paris and more", "Paris"),
        (" called", ""),
        (" the city of Rome", ""),
        ("", ""),
        (" 42", ""),
        (" Saint-Denis\n", "Saint-Denis"),
        (" Ürümqi", "Ürümqi"),
    ],
)
def test_an_answer_is_the_name_it_begins_with(text, name):
    assert name_in(text) == name


def test_every_sort_of_sum_stands_as_it_is_named():
    assert put("two_digits", 12, 34) == "12 + 34 ="
    assert "12" in put("in_words", 12, 34) and "+" not in put("in_words", 12, 34)
    assert put("disturbed", 12, 34).endswith("12 + 34 =") and "cats" in put("disturbed", 12, 34)


def test_sums_are_drawn_with_the_digits_they_are_named_for(small, monkeypatch):
    monkeypatch.setattr(small, "likeliest", lambda prompt, n: " 1,234\n7")
    found = sums(small, seed=1)
    assert {one.sort for one in found} == set(SORTS) and {one.said for one in found} == {"1234"}
    digits = {"one_digit": 1, "two_digits": 2, "three_digits": 3, "four_digits": 4}
    for sort, n in digits.items():
        terms = [one.asked.split("=")[0].split("+") for one in found if one.sort == sort]
        assert all(len(term.strip()) == n for pair in terms for term in pair)
    assert all(one.right == (one.truth == 1234) for one in found)


def test_no_country_is_both_real_and_invented_and_no_job_stands_twice():
    assert not set(REAL) & set(INVENTED)
    assert len(set(INVENTED)) == len(INVENTED) == len(REAL)
    assert len(set(JOBS)) == len(JOBS)


def test_a_job_counts_as_one_way_only_if_every_frame_says_so():
    assert Role("nurse", (0.9, 0.8, 0.7)).n_she == 3
    assert Role("nurse", (0.9, 0.8, 0.2)).n_she == 2
    assert Role("nurse", (0.9, 0.6)).mean == pytest.approx(0.75)


def test_a_published_model_is_asked_from_its_file():
    path = smollm2_file()
    if path is None:
        pytest.skip("SmolLM2 is not installed")
    told = []
    rows = witness.testify(path, "roles", on_progress=told.append)
    assert [row["job"] for row in rows] == list(JOBS) and told[-1] == 1.0
    by_job = {row["job"]: Role(**row) for row in rows}
    assert by_job["nurse"].mean > by_job["mechanic"].mean
