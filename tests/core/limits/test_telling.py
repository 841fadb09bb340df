"""Models told facts never to often: what they read, what is counted, and going on."""

import pytest
import torch

from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.limits.often.telling import (
    GROUPS,
    LANES,
    Tally,
    TellingProgram,
    TellingSettings,
    answered,
    ends,
    falsehoods,
    group_of,
    hallucinated,
    results,
    surest,
    tallied,
    tallied_answers,
    taught_unknown,
    text_of,
    together,
    written,
)
from core.limits.often.village import DOG_IS, END, LIVES_IN, UNKNOWN, OwnFact, read_own

OWN = ("Ada; Oslo; 3", "Ben; Oslo; 0")
SMALL = TellingSettings(
    n_people=12, n_answers=5, n_drawn=60, n_seeds=1, n_steps_each=150, n_channels=32, own=OWN
)


def village(seed=0):
    return SMALL.village(seed)


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return [row for row in rows if row["kind"] == "asked"]


def test_equal_seeds_draw_equal_villages_and_no_name_twice():
    one = village()
    assert one == village() != village(1)
    assert len(set(one.names)) == len(one.names) == 12 + 5 + 5 + 2 + 1
    assert one.n_told == [one.drawn[:60].count(fact) for fact in range(24)]
    assert sum(one.asked) == pytest.approx(1.0)


def test_a_sentence_tells_the_true_answer_to_its_question():
    one = village()
    for fact in (0, 5):
        end, person, words = one.question(fact)
        assert (end, words) == (END, DOG_IS if fact % 2 else LIVES_IN)
        assert one.name_of(person) == one.people[fact // 2]
        names = one.dogs if fact % 2 else one.places
        assert one.name_of(one.answer(fact)) == names[one.truths[fact]]
    assert one.name_of(one.own_question(1)[1]) == "Ben"
    assert one.name_of(one.own_answer(1)) == "Oslo" and one.name_of(UNKNOWN) == ""


def test_the_text_of_a_lane_tells_exactly_what_it_says():
    one = village()
    n = {lane: len(text_of(one, lane)) for lane in LANES}
    n_different = sum(n > 0 for n in one.n_told) + 1  # Ada's fact, once
    assert n["told"] == n["short"] == n["longer"] == n["larger"] == 60 + 3
    assert n["cleaned"] == n["passes"] == n_different
    assert n["more"] == 3 * n["told"]
    never = [fact for fact, told in enumerate(one.n_told) if told == 0]
    assert taught_unknown(one) == never[::2] and n["unsure"] == 63 + 2 * len(never[::2])
    rows = text_of(one, "cleaned").tolist()
    assert len({tuple(row) for row in rows}) == len(rows)


def test_models_take_as_many_steps_as_their_lane_says():
    settings = SMALL.changed(lanes=LANES)
    lengths = [b - a for a, b in zip([0, *ends(settings)], ends(settings), strict=False)]
    by_lane = dict(zip((lane for lane, _ in settings.models), lengths, strict=True))
    assert by_lane["told"] == by_lane["cleaned"] == by_lane["larger"] == 150
    assert by_lane["longer"] == by_lane["more"] == 450
    passes = len(text_of(village(), "cleaned")) / len(text_of(village(), "told"))
    assert by_lane["short"] == by_lane["passes"] == round(150 * passes) < 150 < by_lane["unsure"]
    assert settings.n_steps == sum(lengths)


def test_every_number_of_tellings_is_in_one_group():
    names = [group_of(n) for n in (0, 1, 2, 3, 4, 5, 8, 9, 1000)]
    assert names == [*[*GROUPS][:3], "few", "few", "several", "several", "often", "often"]


def test_typed_lines_become_facts_and_others_say_what_is_wrong():
    facts, unusable = read_own(
        "Ada; Oslo; 3\n\nBen ; New  York;0\nMia\nZoe; Rom; many\n李雷； 北京； 2\n😀; 🏠; 1\n"
        "ADA; Bonn; 1\n; Rom; 1\n" + "x" * 31 + "; Rom; 1\n<b>Max</b>; Rom; 1\nEva; Rom; 51"
    )
    assert facts == [
        OwnFact("Ada", "Oslo", 3),
        OwnFact("Ben", "New York", 0),
        OwnFact("李雷", "北京", 2),
        OwnFact("😀", "🏠", 1),
        OwnFact("<b>Max</b>", "Rom", 1),
    ]
    troubles = [one.trouble for one in unusable]
    assert troubles == ["parts", "count", "twice", "empty", "long", "count"]
    many = read_own("\n".join(f"P{n}; Rom; 1" for n in range(9)))[1]
    assert [one.trouble for one in many] == ["many"]
    assert read_own("\n".join(str(one) for one in facts))[0] == facts


def test_a_setting_that_cannot_be_used_is_refused():
    for wrong in ({"lanes": ("gone",)}, {"lanes": ()}, {"own": ("Ada",)}, {"tail": 0.0}):
        with pytest.raises(SettingError):
            SMALL.changed(**wrong)


def test_what_is_right_unsure_and_how_sure_is_counted():
    probs = torch.tensor([[0.1, 0.2, 0.7], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5]])
    found = tallied_answers(probs, torch.tensor([2, 0, 0]))
    assert (found.n, found.n_right, found.n_unsure) == (3, 1, 1)  # token 1 says “unknown”
    assert found.confidence == pytest.approx(0.6)
    assert tallied_answers(probs[:0], torch.tensor([], dtype=torch.long)) == Tally()
    both = together([found, Tally(1, 1, 0, 1.0)])
    assert (both.n, both.n_right) == (4, 2) and both.confidence == pytest.approx(0.7)


def certain(one, wrong=()):
    """The probabilities of a model that knows everything, except for some facts."""
    probs = torch.zeros(one.n_facts, one.n_tokens)
    for fact in range(one.n_facts):
        token = one.answer(fact)
        if fact in wrong:
            relation = one.answers(fact % 2)
            token = next(t for t in range(relation.start, relation.stop) if t != token)
        probs[fact, token] = 1.0
    return probs


def test_hallucinations_are_answers_that_are_neither_true_nor_unknown():
    one, generator = village(), torch.Generator().manual_seed(0)
    assert hallucinated(certain(one), one, 200, generator)["n_wrong"] == 0
    everything = range(one.n_facts)
    found = hallucinated(certain(one, everything), one, 200, generator)
    assert found["n"] == found["n_wrong"] == 200
    unknown = torch.zeros(one.n_facts, one.n_tokens)
    unknown[:, UNKNOWN] = 1.0
    found = hallucinated(unknown, one, 200, generator)
    assert (found["n_wrong"], found["n_unsure"]) == (0, 200)


def test_falsehoods_say_how_often_the_text_tells_the_truth():
    one = village()
    never = one.n_told.index(0)
    (found,) = falsehoods(certain(one, [never]), one, 3)
    assert found["n_told"] == 0 and found["said"] != found["truth"]
    assert found["person"] == one.people[never // 2]
    assert tallied(certain(one, [never]), one, range(one.n_facts)).n_right == one.n_facts - 1


def test_an_untrained_model_guesses_and_its_statements_are_counted():
    one = village()
    model = Transformer(SMALL.design("told", one.n_tokens))
    assert tallied(answered(model, one), one, range(one.n_facts)).n_right <= 6
    found = written(model, one, 300, torch.Generator().manual_seed(0))
    assert 0 <= found["n_wrong"] <= found["n"] < 300


def test_what_is_told_is_learned_what_never_is_not_and_own_facts_are_asked():
    rows = rows_of(TellingProgram({}, SMALL.to_dict()))
    found = results(rows)
    assert set(found) == {"told", "cleaned", "passes", "short"}
    groups = found["told"].groups
    assert groups["often"].n_right == groups["often"].n > 0
    assert groups["never"].share < groups["often"].share
    assert sum(one.n for one in groups.values()) == 24
    assert sum(one.n for one in found["told"].bins) == 24
    ada, ben = rows[-1]["own"]
    assert (ada["person"], ada["n_told"], ben["n_told"]) == ("Ada", 3, 0)
    assert all(one["probability"] <= 1.0 for one in surest(rows, "told", 3))


def test_a_run_goes_on_bit_for_bit_from_a_snapshot_within_the_third_model():
    few = SMALL.changed(n_steps_each=6)
    middle = (ends(few)[1] + ends(few)[2]) // 2
    whole, broken = TellingProgram({}, few.to_dict()), TellingProgram({}, few.to_dict())
    while broken.step < middle:
        broken.advance()
    again = TellingProgram({}, few.to_dict(), broken.snapshot())
    assert again.lane == "passes"
    assert rows_of(whole)[-1] == rows_of(again)[-1] | {"seconds": whole.numbers()["seconds"]}
    ours, theirs = whole.tensors(), again.tensors()
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())
    ended = TellingProgram({}, few.to_dict(), whole.snapshot())
    assert ended.finished and ended.lane == whole.lane
