"""Sums as texts: steps by hand, kinds of questions, and what a visitor may type."""

import pytest

from core.limits.rule.sums import (
    ALPHABET,
    KINDS,
    LANES,
    MOST_CHARACTERS,
    MOST_WRITTEN,
    Exercises,
    Question,
    Unread,
    answer_in,
    answered,
    question_of,
    steps_of,
    tokens_of,
    written_out,
)


def test_steps_are_those_of_school():
    assert steps_of((457, 368)) == [15, 12, 8]  # 7+8, 5+6+1, 4+3+1
    assert answered((457, 368), "steps") == "15,12,8:825"
    assert answered((457, 368), "answer") == "825"
    assert steps_of((99, 99, 99)) == [27, 29]  # three nines, then the same and the carry 2
    assert steps_of((5, 1234)) == [9, 3, 2, 1]


@pytest.mark.parametrize("numbers", [(0, 0), (999, 999), (7, 4096), (38, 45, 62)])
def test_the_last_steps_hold_the_digits_of_the_sum(numbers):
    columns = steps_of(numbers)
    lower = "".join(str(column % 10) for column in reversed(columns[:-1]))
    assert int(f"{columns[-1]}{lower}") == sum(numbers)


def test_an_answer_is_what_follows_the_steps_and_nothing_else_counts():
    assert answer_in("15,12,8:825") == answer_in("825") == answer_in(": 825") == 825
    assert answer_in("15,12,8") is answer_in("") is answer_in("825:") is answer_in("8a") is None
    assert answer_in("9" * 50) is None


def test_texts_and_questions_use_known_characters_and_fit():
    drawn = Exercises.drawn(n_sums=200, n_digits=3, n_asked=20, seed=4)
    for lane in LANES:
        for question, rest in drawn.texts(lane):
            assert written_out(tokens_of(question + rest)) == question + rest
            assert len(rest) < MOST_WRITTEN
    for questions in drawn.asked.values():
        assert all(set(each.text) <= set(ALPHABET[1:]) for each in questions)
        assert all(len(each.text) <= MOST_CHARACTERS for each in questions)


def test_seen_questions_stand_in_the_texts_and_all_others_in_no_text():
    drawn = Exercises.drawn(n_sums=200, n_digits=3, n_asked=20, seed=4)
    told = {each.text for each in drawn.told}
    sums = {each.numbers for each in (*drawn.told, *drawn.varied)}
    assert set(drawn.asked) == set(KINDS)
    assert all(each.text in told for each in drawn.asked["seen"])
    for kind in KINDS[1:]:
        assert len(drawn.asked[kind]) == 20
        assert not {each.numbers for each in drawn.asked[kind]} & sums
    lengths = {kind: {len(str(n)) for q in drawn.asked[kind] for n in q.numbers} for kind in KINDS}
    assert (lengths["new"], lengths["shorter"], lengths["longer"]) == ({3}, {2}, {4})
    assert {len(each.numbers) for each in drawn.asked["three"]} == {3}


def test_new_names_are_in_no_text():
    drawn = Exercises.drawn(n_sums=200, n_digits=3, n_asked=20, seed=4)
    told = {word for each in (*drawn.told, *drawn.varied) for word in each.text.split()}
    asked = {word for each in drawn.asked["names"] for word in each.text.split() if word.isalpha()}
    assert asked and not asked & told


def test_equal_seeds_draw_equal_exercises():
    one = Exercises.drawn(100, 3, 5, seed=1)
    assert one == Exercises.drawn(100, 3, 5, seed=1) != Exercises.drawn(100, 3, 5, seed=2)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("457+368", Question("457+368=", (457, 368))),
        ("  12 + 30 = ", Question("12 + 30 =", (12, 30))),
        ("Ann 3, Ben 4:", Question("ann 3, ben 4:", (3, 4))),
        ("it is 7. 10+20=", Question("it is 7. 10+20=", (10, 20))),
        ("1+2+3", Question("1+2+3=", (1, 2, 3))),
    ],
)
def test_a_typed_sum_is_read(typed, asked):
    assert question_of(typed) == asked


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("   ", Unread("empty")),
        ("1+" * 30 + "1", Unread("long")),
        ("<b>1+2", Unread("characters", "<>")),
        ("3 × 4 🙂", Unread("characters", "×🙂")),
        ("٣+٤", Unread("characters", "٣٤")),
        ("hallo", Unread("numbers")),
        ("12=", Unread("numbers")),
    ],
)
def test_what_cannot_be_asked_says_why(typed, problem):
    assert question_of(typed) == problem
