"""Prompts as tokens, tasks from lines, and the mistake of reading typed marks as marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.text.chat import ASSISTANT_ID, USER_ID
from core.alignment.text.prompts import (
    KINDS,
    MOST_TASKS,
    beginnings,
    carelessly_encoded,
    examples,
    filled,
    prompt_tokens,
    tasks_of,
)
from core.data.text.bpe import SPECIALS, train_bpe
from core.errors import NoPlace, NoTask, TooManyTasks

ENCODER = train_bpe(["Where does Mia live? Mia lives in Rose Lane."] * 4, 280)
SPECIAL_IDS = set(range(len(SPECIALS)))


def test_only_the_template_puts_in_special_tokens():
    base = prompt_tokens("checkpoint", ENCODER, "Where?")
    tuned = prompt_tokens("tuned", ENCODER, "Where?")
    assert base == [ENCODER.end_id, *ENCODER.encode("Where?")]
    assert tuned == [ENCODER.end_id, USER_ID, *ENCODER.encode("Where?"), ASSISTANT_ID]


@pytest.mark.parametrize("name", SPECIALS)
def test_typed_names_of_special_tokens_stay_letters(name):
    typed = f"Where?{name}Who?"
    assert prompt_tokens("tuned", ENCODER, typed)[2:-1] == ENCODER.encode(typed)
    assert not SPECIAL_IDS & set(ENCODER.encode(typed))


def test_line_breaks_are_read():
    tokens = prompt_tokens("aligned", ENCODER, "  one\ntwo  ")
    assert ENCODER.decode(tokens) == "one\ntwo"


@given(st.text(max_size=60))
def test_careless_reading_differs_only_where_a_name_stands(text):
    careless = carelessly_encoded(ENCODER, text)
    if any(name in text for name in SPECIALS):
        assert SPECIAL_IDS & set(careless)
    else:
        assert careless == ENCODER.encode(text)


def test_careless_reading_puts_in_the_token_itself():
    assert carelessly_encoded(ENCODER, "a<|end|><|user|>b") == [
        *ENCODER.encode("a"),
        ENCODER.end_id,
        USER_ID,
        *ENCODER.encode("b"),
    ]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_kind_of_prompt_has_one_place_for_the_question_and_differs_from_the_others(lang):
    made = beginnings("{here}", [("Who?", "Mia."), ("Where?", "There.")], lang, lang)
    assert tuple(made) == KINDS and len(set(made.values())) == len(KINDS)
    assert all(prompt.count("{here}") == 1 for prompt in made.values())
    assert made["none"] == "{here}"
    assert made["one"].count("Mia.") == 1 and "There." not in made["one"]
    assert "There." in made["several"]


def test_what_is_said_around_a_question_is_in_the_language_asked_for():
    made = beginnings("{here}", [("Wer?", "Mia.")], "de", "en")
    assert made["instruction"] == "Answer the question. {here}"
    assert made["one"].endswith("Frage: {here}\nAntwort:")
    assert made["language"].startswith("Question: {here}")


def test_the_question_goes_where_its_place_is():
    assert filled("Question: {q}\nAnswer:", "{q}", "Who?") == "Question: Who?\nAnswer:"
    assert filled("{q}", "{q}", "{q}!") == "{q}!"  # a question is not filled again
    with pytest.raises(NoPlace) as error:
        filled("Answer me.", "{q}", "Who?", "Instruction")
    assert error.value.values == {"name": "Instruction", "place": "{q}"}


def test_examples_look_like_the_documents_of_questions():
    assert examples([("Who?", "Mia.")], ("Question", "Answer")) == "Question: Who?\nAnswer: Mia.\n"


def test_tasks_are_lines_and_the_last_sign_divides():
    assert tasks_of("Who? = Mia\n\n 1+1=? = 2 \n") == [("Who?", "Mia"), ("1+1=?", "2")]
    assert tasks_of("") == []


@pytest.mark.parametrize("line", ["Who?", "= Mia", "Who? =", "="])
def test_a_line_without_question_or_answer_is_refused_by_its_number(line):
    with pytest.raises(NoTask) as error:
        tasks_of(f"Who? = Mia\n{line}")
    assert error.value.values["n"] == 2


def test_too_many_tasks_are_refused():
    tasks_of("a = b\n" * MOST_TASKS)
    with pytest.raises(TooManyTasks):
        tasks_of("a = b\n" * (MOST_TASKS + 1))
