"""What a reward model has learned, and how many choices it needs."""

import pytest
import torch

from core.alignment.preferring.learning_curve import learning_curve
from core.alignment.preferring.preferences import Preference, to_bytes
from core.alignment.preferring.reward import RewardModel, reward_bytes
from core.alignment.preferring.reward_program import RewardProgram
from core.alignment.preferring.taste import LEAST_SEEN, Impression, impression, with_names
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.text.bpe import train_bpe
from core.errors import TooFewChoices
from tests.small_models import small_config

ENCODER = train_bpe(["Wo wohnt Mia? Gern. Im Rosenweg. Im Parkweg. Danke. Tom Ole"] * 4, 300)
CONFIG = small_config(ENCODER.n_vocab, n_context=48)
STREETS = ("Im Rosenweg.", "Im Parkweg.", "Am Markt.", "Am See.")


def trunk() -> Transformer:
    model = Transformer(CONFIG, seed=1)
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.1, 0.3, generator=generator)
    return model


def polite_choices(n: int) -> list[Preference]:
    """Choices that always favour the polite answer."""
    return [
        Preference(f"Wo wohnt Kind {i}?", f"Gern. {STREETS[i % 4]}", STREETS[i % 4], "a")
        for i in range(n)
    ]


def trained(choices: list[Preference]) -> bytes:
    inputs = {
        "model": checkpoint_bytes(trunk()),
        "encoder": ENCODER.to_bytes(),
        "preferences": to_bytes(choices),
    }
    program = RewardProgram(inputs, {"n_steps": 40, "learning_rate": 2e-3})
    while not program.finished:
        program.advance()
    return program.result()


def test_the_word_that_was_preferred_raises_scores_more_than_any_other():
    choices = polite_choices(12)
    told: list[float] = []
    found = impression(
        trained(choices), ENCODER.to_bytes(), to_bytes(choices), on_progress=told.append
    )
    assert found.tendencies[0].word == "Gern" and found.tendencies[0].mean > 0
    assert found.tendencies[0].n == 12 and all(one.n >= LEAST_SEEN for one in found.tendencies)
    assert all(one.right for one in found.pairs)
    assert told[-1] == 1.0 and told == sorted(told)


def test_a_score_is_ranked_among_those_of_the_judged_answers():
    choices = polite_choices(4)
    data = reward_bytes(RewardModel(trunk()))  # before its first preference, all scores are equal
    found = impression(data, ENCODER.to_bytes(), to_bytes(choices))
    assert found.scores == [0.0] * 8 and not any(one.right for one in found.pairs)
    assert (found.rank(-1.0), found.rank(0.0), found.rank(1.0)) == (0.0, 0.0, 1.0)
    assert Impression((), ()).rank(3.0) == 0.0


def test_names_are_swapped_only_as_whole_words():
    names = ["Mia", "Tom", "Li"]
    assert with_names("Mia wohnt bei Mia, nicht bei Miau.", names) == [
        ("Mia", "Mia wohnt bei Mia, nicht bei Miau."),
        ("Tom", "Tom wohnt bei Tom, nicht bei Miau."),
        ("Li", "Li wohnt bei Li, nicht bei Miau."),
    ]
    assert with_names("Lied und Miau", names) == []
    assert with_names("Tom.", [r"\1", "Tom"])[0][1] == r"\1."  # a name is never a pattern


def test_models_of_more_choices_all_sit_the_same_exam():
    told: list[float] = []
    exams = learning_curve(
        checkpoint_bytes(trunk()),
        ENCODER.to_bytes(),
        to_bytes(polite_choices(14)),
        amounts=(2, 8),
        n_exam=6,
        n_steps=30,
        on_progress=told.append,
    )
    assert [exam.n for exam in exams] == [2, 8]
    assert all(exam.low <= exam.accuracy <= exam.high for exam in exams)
    assert all((exam.accuracy * 6) == pytest.approx(round(exam.accuracy * 6)) for exam in exams)
    assert exams[-1].accuracy == 1.0 and told[-1] == 1.0


def test_too_few_choices_are_refused_with_the_number_needed():
    few = to_bytes(polite_choices(5))
    with pytest.raises(TooFewChoices) as caught:
        learning_curve(b"", b"", few, amounts=(4,), n_exam=2)
    assert caught.value.values == {"n": 5, "needed": 6}
