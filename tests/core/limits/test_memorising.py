"""By heart: what is planted, what deduplication leaves, what is asked, and going on."""

import math
from collections import Counter

import pytest
import torch

from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.limits.byheart.canaries import (
    COPIES,
    N_DIGITS,
    N_TOKENS,
    SORTS,
    Text,
    numbered,
    printed,
    read_own,
    variants,
    without_copies,
    without_near_copies,
    words_of,
)
from core.limits.byheart.memorising import (
    Count,
    Mean,
    MemorisingProgram,
    MemorisingSettings,
    Trial,
    copies_needed,
    longest_run,
    results,
    surprise,
)

SMALL = MemorisingSettings(n_seeds=1, n_each=1, n_steps_each=8, n_batch=8, n_channels=16)
OWN = "The code of my lock is 2718."


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return [row for row in rows if row["kind"] == "asked"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_secret_stands_in_the_text_as_often_as_it_says(lang):
    text = Text.drawn(lang, 2, seed=4)
    assert len(text.canaries) == 2 * len(COPIES) * len(SORTS)
    assert len({canary.prefix for canary in text.canaries}) == len(text.canaries)
    for canary in text.canaries:
        assert len(canary.digits) == N_DIGITS
        with_it = [line for line in text.lines if set(canary.prefix) - set(".:,") <= set(line)]
        assert len(with_it) == canary.n_copies
        n_different = 1 if canary.sort == "exact" else canary.n_copies
        assert len(set(with_it)) == n_different and with_it[0] == canary.words
        assert all(" ".join(canary.digits) in " ".join(line) for line in with_it)
    assert not set(text.held_out) & set(text.lines)
    assert max(map(len, text.lines)) <= N_TOKENS - 2
    assert text == Text.drawn(lang, 2, seed=4) != Text.drawn(lang, 2, seed=5)


def test_sentences_of_the_town_stand_as_often_as_they_say():
    text = Text.drawn("en", 1, seed=0)
    n = Counter(text.lines)
    assert all(n[words] == n_copies for words, n_copies in text.ordinary)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_sentence_has_as_many_forms_as_the_most_copies(lang):
    forms = variants(lang, "X ist 1 2")
    assert len(set(forms)) == COPIES[-1] and printed(forms[0]) == "X ist 1 2."


def test_exact_deduplication_keeps_what_differs_and_near_deduplication_does_not():
    a = tuple(words_of("Tova’s number is 123456."))
    b = tuple(words_of("Note: Tova’s number is 123456!"))
    c = tuple(words_of("On Monday Mia went to the lake."))
    assert without_copies([a, b, a, c, c]) == [a, b, c]
    # a has 8 runs of three words, b 10; they share 7: “Tova’s number is” up to “4 5 6”
    assert without_near_copies([a, b, a, c]) == [a, c]
    text = Text.drawn("en", 1, seed=0)
    near = [canary for canary in text.canaries if canary.sort == "near"]
    exact_kept, near_kept = without_copies(text.lines), without_near_copies(text.lines)
    for canary in near:
        name = canary.words[0]
        assert sum(name in line for line in exact_kept) == canary.n_copies
        assert sum(name in line for line in near_kept) <= 1


@pytest.mark.parametrize(
    ("sentence", "trouble"),
    [
        ("My cat is grey.", "none"),
        ("The code is 123.", "short"),
        ("The code is 123456789.", "long_number"),
        ("1234 is my code", "first"),
        ("Code 1234, or 5678?", "several"),
        ("x" * 200 + " 1234", "long"),
        ("a " * 30 + "1234", "long"),
    ],
)
def test_what_cannot_be_planted_is_named(sentence, trouble):
    assert read_own(sentence) == trouble
    with pytest.raises(SettingError):
        MemorisingSettings(own=sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Код замка 4711", "<b>Pin</b> 0815 🔑!", "Mein_Schloss: 12 34 56", "鍵 は 8642 です"],
)
def test_any_script_and_any_sign_can_be_planted(sentence):
    words, (first, last) = read_own(sentence)
    assert "".join(words[first:last]).isdigit() and first > 0
    text = Text.drawn("en", 1, 0, sentence, 5)
    assert Counter(text.lines)[words] == 5
    assert text.canaries[-1].words == words and text.n_own == 1
    rows = numbered(text.lines, text.vocabulary)
    assert rows.shape == (len(text.lines), N_TOKENS)


def test_the_loss_counts_each_word_and_the_first_end_mark_alone():
    model = Transformer(SMALL.design("told", 20))
    row = torch.zeros((1, N_TOKENS), dtype=torch.long)
    row[0, 1:4] = torch.tensor([5, 6, 7])
    log_probs = model(row[:, :-1]).log_softmax(-1)[0].detach()
    by_hand = -sum(float(log_probs[i, row[0, i + 1]]) for i in range(4)) / 4
    assert surprise(model, row).item() == pytest.approx(by_hand, rel=1e-5)


def test_the_longest_copied_stretch_is_found_with_its_source():
    lines = [tuple("abcdef"), tuple("xcdey")]
    assert longest_run(tuple("qcdefz"), lines) == (1, 5, lines[0])
    assert longest_run(tuple("qq"), lines) == (0, 0, ())


def test_a_program_asks_every_secret_and_says_what_its_sums_say():
    settings = SMALL.changed(lanes=("told", "exact"), own=OWN, own_copies=3)
    rows = rows_of(MemorisingProgram({}, settings.to_dict()))
    assert [row["steps"] for row in rows] == [*range(1, 9), *range(1, 9)]
    found = results(rows)
    assert set(found) == {"told", "exact"}
    one = found["told"]
    assert one.n_models == 1 and len(one.looks) == 8 and one.looks[3].share == 0.5
    assert one.told["exact", 1].n == 1 and one.told_of("near").n == len(COPIES)
    assert one.exposure["exact", 1].interval is None
    assert one.n_different == found["exact"].n_sentences < one.n_sentences
    own = [each for each in rows[-1]["canaries"] if each["own"]]
    assert [each["sentence"] for each in own] == ["The code of my lock is 2 7 1 8."]
    assert 0 <= own[0]["exposure_bits"] <= math.log2(10**4)


def test_what_stands_there_often_comes_out_and_what_does_not_stands_at_chance():
    settings = MemorisingSettings(n_seeds=1, n_each=1, own=OWN, own_copies=0, seed=1)
    rows = rows_of(MemorisingProgram({}, settings.to_dict()))
    told = results(rows)["told"]
    assert told.told["exact", 64].share == 1.0
    assert told.exposure["exact", 64].mean > told.exposure["exact", 1].mean
    own = rows[-1]["canaries"][-1]
    assert own["own"] and not own["right"]
    n_sources = [row["n_copies"] for row in rows[-1]["writing"]["quoted"]]
    assert n_sources and all(n >= 1 for n in n_sources)


def test_a_model_that_says_everything_is_counted_so():
    text = Text.drawn("en", 1, 0)
    vocabulary = text.vocabulary
    after = {}
    for canary in text.canaries:
        words = ("\n", *canary.words)
        for i in range(len(words) - 1):
            after[words[: i + 1]] = vocabulary[words[i + 1]]
    word = {number: each for each, number in vocabulary.items()}

    def oracle(read, only_last=False):
        logits = torch.zeros((len(read), 1, len(vocabulary)))
        for row, tokens in zip(logits[:, 0], read.tolist(), strict=True):
            row[after.get(tuple(word[token] for token in tokens), 0)] = 50.0
        return logits

    said = Trial(text, text.lines, vocabulary).recited(oracle)
    assert said == [" ".join(canary.digits) for canary in text.canaries]


def test_a_run_goes_on_bit_for_bit_from_a_snapshot_within_the_second_model():
    few = SMALL.changed(lanes=("told", "near"))
    whole, broken = MemorisingProgram({}, few.to_dict()), MemorisingProgram({}, few.to_dict())
    while broken.step < 11:
        broken.advance()
    again = MemorisingProgram({}, few.to_dict(), broken.snapshot())
    assert rows_of(whole)[-1] == rows_of(again)[-1] | {"seconds": whole.numbers()["seconds"]}
    ours, theirs = whole.tensors(), again.tensors()
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_an_interval_over_models_is_students():
    # mean 2, standard deviation 1, three models: 4.303 / sqrt(3)
    low, high = Mean((1.0, 2.0, 3.0)).interval
    assert (low, high) == pytest.approx((2 - 2.4843, 2 + 2.4843), abs=1e-3)


def test_the_copies_needed_are_the_fewest_that_tell_every_second_secret():
    rows = rows_of(MemorisingProgram({}, SMALL.to_dict()))
    found = results(rows)["told"]
    told = {("exact", n): Count(2, int(n >= 8)) for n in COPIES}
    object.__setattr__(found, "told", told)
    assert copies_needed(found) == 8
    object.__setattr__(found, "told", {("exact", n): Count(3, 1) for n in COPIES})
    assert copies_needed(found) is None
