"""A lesson is a file that is checked with line and reason."""

import pytest

from core.errors import LessonError
from core.rooms.lessons import all_shipped, read_lesson, shipped
from core.rooms.pressing import Press

HEAD = 'title = { en = "A", de = "B" }\n'
STEP = '[[steps]]\ntitle = { en = "One", de = "Eins" }\npage = "home"\n'
VOTE = (
    STEP
    + """phone = "vote"
[steps.question]
ask = "Why?"
options = [{ key = "a", en = "x", de = "y" }, { key = "b", en = "x", de = "y" }]
"""
)


def test_a_lesson_is_read_with_all_its_fields():
    lesson = read_lesson(HEAD + STEP + "minutes = 3\nwith = { seed = 7 }\n" + VOTE)
    assert lesson.title == {"en": "A", "de": "B"}
    assert (lesson.minutes, len(lesson.steps)) == (3.0, 2)
    assert lesson.steps[0].settings == {"seed": "7"}
    question = lesson.steps[1].question
    assert question.ask == {"en": "Why?", "de": "Why?"}
    assert list(question.options) == ["a", "b"]


def test_a_step_can_say_what_to_look_at_and_what_the_player_does_there():
    step = read_lesson(
        HEAD
        + STEP
        + """at = "gb_card_stage"
measured = { en = "{x} of {n}", de = "{x} von {n}" }
press = [{ in = "lab", what = ".first", after = 2, times = 3, every = 1.5 },
         { in = "lab", what = "input", to = 4 }]
"""
    ).steps[0]
    assert step.at == "gb_card_stage" and step.measured["de"] == "{x} von {n}"
    assert step.press == (
        Press("lab", ".first", after=2.0, times=3, every=1.5),
        Press("lab", "input", to="4"),
    )


def test_what_is_read_is_the_same_when_it_is_read_again():
    for lesson in all_shipped():
        assert read_lesson(lesson.source, lesson.name) == lesson


PRESS = HEAD + STEP + "press = [{ in = 'lab', "
REFUSED = {
    "no_toml": [("title = ", 1), ("\x00", 1)],
    "no_steps": [(HEAD, 1), ("title = 'A'\nsteps = 3\n", 1)],
    "missing": [(HEAD + "[[steps]]\npage = 'home'\n", 2)],
    "unknown_phone": [(HEAD + STEP + "phone = 'dance'\n", 5)],
    "unknown_page": [(HEAD + STEP.replace("home", "nowhere"), 4)],
    "no_question": [(HEAD + STEP + "phone = 'vote'\n", 5)],
    "unknown_field": [
        (HEAD + STEP + "colour = 'red'\n", 5),
        (PRESS + "what = 'a', run = 'x' }]\n", 5),
    ],
    "no_number": [
        (HEAD + STEP + "minutes = 'three'\n", 5),
        (HEAD + STEP + "minutes = nan\n", 5),
        (PRESS + "what = 'a', after = -1 }]\n", 5),
        (PRESS + "what = 'a', times = 1.5 }]\n", 5),
    ],
    "unknown_setting": [(HEAD + STEP + "locked = ['depht']\n", 5)],
    "no_languages": [
        (HEAD + STEP + "say = { en = 'only English' }\n", 5),
        (HEAD + STEP + "measured = { en = 'only English' }\n", 5),
    ],
    "unknown_option": [(HEAD + VOTE + "right = 'c'\n", 9)],
    "option_key": [(HEAD + STEP + VOTE.replace('"b"', '"a"'), 11)],
    "no_seconds": [("auto = true\n" + HEAD + STEP, 3)],
    "too_many_steps": [(HEAD + STEP * 61, 182)],
    "too_long": [("x" * 300_000, 1)],
    "part_key": [(HEAD + STEP + "at = 'a b'\n", 5)],
    "no_list": [(HEAD + STEP + "press = 'start'\n", 5)],
    "no_control": [
        (HEAD + STEP + "press = [{ in = 'lab' }]\n", 5),
        (HEAD + STEP + "press = [{ what = '.first' }]\n", 5),
    ],
    "no_table": [(HEAD + STEP + "with = 3\n", 5)],
}
"""Reason -> what is refused for it, and the line that is named."""


@pytest.mark.parametrize("reason", REFUSED)
def test_a_broken_lesson_is_refused_with_line_and_reason(reason):
    for source, line in REFUSED[reason]:
        with pytest.raises(LessonError) as refused:
            read_lesson(source, pages={"home"}, settings={"depth", "seed"})
        assert (refused.value.line, refused.value.reason) == (line, reason), source[:200]


def test_the_shipped_lessons_take_as_long_as_they_say():
    promised = {"ten": (10, 10), "forty_five": (45, 45), "ninety": (90, 90), "half_day": (180, 230)}
    for name, (least, most) in promised.items():
        lesson = shipped(name)
        assert lesson.minutes == sum(step.minutes for step in lesson.steps)
        assert least <= lesson.minutes <= most
        assert all(step.notes for step in lesson.steps)


def test_a_page_may_put_its_own_question():
    lesson = read_lesson(HEAD + STEP + 'phone = "vote"\n[steps.question]\nmeasured_by = "same"\n')
    assert lesson.steps[0].question.measured_by == "same" and not lesson.steps[0].question.ask
