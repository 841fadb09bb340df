"""One code, several sizes: the code by hand, both rulers by hand, and going on bit for bit."""

import pytest
import torch

from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.limits.slope.emergence import (
    ASKS,
    LETTERS,
    N_LETTERS,
    Code,
    Judged,
    SizesProgram,
    SizesSettings,
    by_size,
    design,
    encoded,
    judged,
    pooled,
    size_of,
    trained_models,
    written,
)

SMALL = SizesSettings(channels=(8, 12), n_steps_each=6, n_batch=8, n_asked=20)


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return [row for row in rows if row["kind"] == "judged"]


def test_each_letter_is_looked_up_by_itself_and_those_before_it():
    for n_before in (1, 2):
        code = Code.drawn(n_before)
        answer = code.answers(torch.tensor([[3, 0, 7]]))[0].tolist()
        table = code.table
        far = ASKS if n_before == 1 else 3
        assert answer[0] == table[ASKS, ASKS, 3]
        assert answer[1] == table[ASKS, 3, 0]
        assert answer[2] == table[far, 0, 7]
    assert sorted(table[5, 2].tolist()) == list(range(ASKS))


def test_equal_seeds_give_equal_codes_and_frequent_letters_are_frequent():
    assert torch.equal(Code.drawn(1).table, Code.drawn(1).table)
    counts = Code.drawn(2).asked(2000).flatten().bincount(minlength=ASKS)
    assert counts[0] > counts[1] > counts[5] > counts[20]
    assert sorted(LETTERS) == [chr(97 + n) for n in range(26)]


def test_both_rulers_count_the_same_answers():
    # of four words, the first letter is right thrice, both letters twice
    one = Judged(4, (3, 2) + (0,) * 6, (3, 2) + (0,) * 6, 1.0)
    assert one.exact(1) == 0.75 and one.exact(2) == 0.5 and one.exact(N_LETTERS) == 0.0
    assert one.per_letter(2) == 5 / 8 and one.as_if_independent(2) == (5 / 8) ** 2
    both = pooled([one, one])
    assert both.n == 8 and both.whole[0] == 6 and both.exact_interval(2)[0] < 0.5


def test_a_right_answer_letter_by_letter_is_a_right_answer_written_alone():
    torch.manual_seed(0)
    model, code = Transformer(design(12), seed=3), Code.drawn(1)
    found = judged(model, code, 30)
    words = ["".join(LETTERS[i] for i in row) for row in code.asked(30).tolist()]
    alone = [written(model, word) for word in words]
    truths = [encoded(code, word) for word in words]
    for k in range(1, N_LETTERS + 1):
        n_right = sum(a[:k] == b[:k] for a, b in zip(alone, truths, strict=True))
        assert n_right == found.whole[k - 1]


def test_short_words_get_as_many_letters_as_they_have():
    assert len(written(Transformer(design(8), seed=0), "abc")) == 3


def test_a_size_that_no_model_can_have_is_refused():
    for wrong in ((10,), (0,), ("8",), (4096,)):
        with pytest.raises(SettingError):
            SizesSettings(channels=wrong)


def test_rows_name_size_and_data_and_the_result_holds_every_model():
    program = SizesProgram({}, SMALL.to_dict())
    rows = rows_of(program)
    assert [row["n_parameters"] for row in rows] == [size_of(8), size_of(12)]
    assert {row["n_tokens"] for row in rows} == {6 * 8 * 16}
    assert list(by_size(rows)) == [size_of(8), size_of(12)]
    models = dict(trained_models(program.result(), SMALL))
    assert set(models) == {8, 12}
    again = judged(models[8], program.code, SMALL.n_asked)
    assert again.loss_nats == pytest.approx(rows[0]["loss_nats"])


def test_a_run_goes_on_bit_for_bit_from_a_snapshot_within_the_second_model():
    whole, broken = SizesProgram({}, SMALL.to_dict()), SizesProgram({}, SMALL.to_dict())
    while broken.step < 9:
        broken.advance()
    again = SizesProgram({}, SMALL.to_dict(), broken.snapshot())
    assert rows_of(whole)[-1] == rows_of(again)[-1] | {"seconds": whole.numbers()["seconds"]}
    ours, theirs = whole.tensors(), again.tensors()
    assert set(ours) == set(theirs)
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())
    assert set(dict(trained_models(again.result(), SMALL))) == {8, 12}
