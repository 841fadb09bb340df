"""Facts told in one or several wordings: what is read, what is asked, and going on."""

import torch

from core.architecture.transformer import Transformer
from core.limits.often.wordings import (
    END,
    KINDS,
    N_FACTS,
    N_TOKENS,
    TOLD,
    Portraits,
    WordingSettings,
    WordingsProgram,
    asked,
    following,
    recited,
    results,
)
from core.limits.reading import Reading

SMALL = WordingSettings(n_people=24, n_answers=6, n_steps_each=200, n_channels=32)


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return [row for row in rows if row["kind"] == "asked"]


def test_everybody_is_told_equally_often_in_as_many_wordings_as_it_says():
    portraits = Portraits.drawn(24, 6, seed=0)
    assert portraits == Portraits.drawn(24, 6, seed=0) != Portraits.drawn(24, 6, seed=1)
    for kind in KINDS:
        assert len(portraits.of_kind(kind)) == 3
    texts = [tuple(row) for row in portraits.texts().tolist()]
    for kind in KINDS:
        for person in portraits.of_kind(kind):
            about = [row for row in texts if portraits.question(person, 0)[2] in row]
            assert len(about) == TOLD and len(set(about)) == kind


def test_questions_stand_in_the_text_only_about_those_it_asks_about():
    portraits = Portraits.drawn(24, 6, seed=0)
    heads = {tuple(row[:3]) for row in portraits.texts().tolist()}
    for person in range(24):
        for fact in range(N_FACTS):
            inside = portraits.question(person, fact) in heads
            assert inside == portraits.is_asked(person)


def test_a_portrait_tells_all_facts_in_the_order_of_its_wording():
    portraits = Portraits.drawn(24, 6, seed=0)
    text = portraits.portrait(4, 7)
    assert len(text) == N_TOKENS and text[0] == text[-1] == END
    assert text[3:-1:2] == [portraits.answer(4, fact) for fact in portraits.orders[7]]


def test_what_fills_a_text_up_is_not_learned():
    portraits = Portraits.drawn(24, 6, seed=0)
    model = Transformer(SMALL.design(portraits.n_tokens))
    one = torch.tensor([[*portraits.question(1, 0), portraits.answer(1, 0), END]])
    filled = torch.cat([one, torch.full((1, N_TOKENS - 5), END)], 1)
    short, long = (
        Reading(model, rows, following(rows)).gradient(SMALL.training(0), 0)
        for rows in (one, filled)
    )
    assert abs(long - short) < 1e-5


def test_all_is_known_in_the_words_of_the_text_and_more_wordings_are_asked_better():
    found = results(rows_of(WordingsProgram({}, SMALL.to_dict())))
    assert found is not None and found.known.share > 0.9
    assert all(one.share > 0.9 for one in found.recited.values())
    assert all(one.n == 3 * N_FACTS for one in found.asked.values())


def test_nothing_is_known_before_training():
    portraits = Portraits.drawn(24, 6, seed=0)
    model = Transformer(SMALL.design(portraits.n_tokens))
    assert asked(model, portraits, range(24)).share < 0.2
    assert recited(model, portraits, range(24)).share < 0.2


def test_a_run_goes_on_bit_for_bit_from_a_snapshot():
    few = SMALL.changed(n_steps_each=5, n_seeds=2)
    whole, broken = WordingsProgram({}, few.to_dict()), WordingsProgram({}, few.to_dict())
    while broken.step < 7:
        broken.advance()
    again = WordingsProgram({}, few.to_dict(), broken.snapshot())
    assert rows_of(whole)[-1] == rows_of(again)[-1] | {"seconds": whole.numbers()["seconds"]}
    ours, theirs = whole.tensors(), again.tensors()
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())
