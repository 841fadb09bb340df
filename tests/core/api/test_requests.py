"""What clients really send: neutral values, their history, high caps, long prompts."""

import unicodedata

import pytest

from core.api.limits import MAX_TOKENS
from core.api.writing import prompt_tokens

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
ASKED = [{"role": "user", "content": "Wo wohnt Mia?"}]


def chat(room, **more):
    return room.client.post(CHAT, json={"messages": ASKED, "max_tokens": 4, "seed": 1, **more})


def refusal(answer):
    assert answer.status_code == 400, answer.text
    return answer.json()["error"]


def test_a_second_turn_may_hold_the_answer_of_the_first_as_the_server_wrote_it(room):
    first = chat(room).json()["choices"][0]["message"]
    dumped = {
        **first,
        "annotations": None,
        "audio": None,
        "function_call": None,
        "tool_calls": None,
    }
    assert chat(room, messages=[*ASKED, dumped, *ASKED]).status_code == 200


def test_an_assistant_may_have_said_nothing_a_user_may_not(room):
    silent = {"role": "assistant", "content": None}
    assert chat(room, messages=[*ASKED, silent, *ASKED]).status_code == 200
    error = refusal(chat(room, messages=[{"role": "user", "content": None}]))
    assert error["param"] == "messages.0"


@pytest.mark.parametrize(
    "field",
    [
        {"store": False},
        {"tool_choice": "none"},
        {"tools": []},
        {"parallel_tool_calls": True},
        {"metadata": {}},
        {"service_tier": "auto"},
        {"modalities": ["text"]},
        {"frequency_penalty": 0.0},
        {"logit_bias": {}},
        {"stop": None},
        {"stop": []},
        {"reasoning_effort": None},
        {"prediction": None},
        {"logprobs": False},
    ],
)
def test_what_asks_for_nothing_changes_nothing(room, field):
    answer = chat(room, **field)
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"] == chat(room).json()["choices"]


@pytest.mark.parametrize(
    ("field", "param", "said"),
    [
        ({"frequency_penalty": 0.5}, "frequency_penalty", "0.5 is not supported"),
        ({"store": True}, "store", "true is not supported"),
        ({"tools": [{"type": "function"}]}, "tools", "is not supported"),
        ({"tool_choice": "required"}, "tool_choice", '"required" is not supported'),
        ({"stop": [""]}, "stop", "holds an empty text"),
        ({"stop": 3}, "stop", "must be a text or a list of texts"),
        ({"temperature": True}, "temperature", "true is not a number"),
        ({"n": True}, "n", "true is not a number"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role", "assistant"),
        ({"messages": [{**ASKED[0], "wonder": 1}]}, "messages.0.wonder", "Unrecognized"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages.0.content",
            'part 0 is of type "image_url", which this server does not support',
        ),
    ],
)
def test_what_is_not_supported_is_named_with_its_place(room, field, param, said):
    error = refusal(chat(room, **field))
    assert error["param"] == param
    assert said in error["message"]


def test_false_asks_for_no_logprobs_and_zero_for_the_tokens_alone(room):
    asked = {"prompt": "Mia", "max_tokens": 3, "seed": 1}
    without, alone = (
        room.client.post(COMPLETIONS, json={**asked, "logprobs": value}).json()["choices"][0]
        for value in (False, 0)
    )
    assert without["logprobs"] is None
    assert len(alone["logprobs"]["tokens"]) == 3


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_more_tokens_than_the_cap_are_the_cap(room, path):
    asked = {"prompt": "Mia"} if path == COMPLETIONS else {"messages": ASKED}
    room.client.post(path, json={**asked, "max_tokens": 4 * MAX_TOKENS})
    assert room.writer.asked[-1][1].max_tokens == MAX_TOKENS


def test_a_prompt_beyond_the_context_window_is_refused_by_name(room):
    error = refusal(room.client.post(COMPLETIONS, json={"prompt": "Mia mag Tom. " * 60}))
    assert (error["code"], error["param"]) == ("context_length_exceeded", "prompt")
    assert "160" in error["message"]


def test_where_truncation_is_allowed_the_end_is_read_and_counted_truly(room):
    long = "Mia mag Tom. " * 60 + "Wo wohnt Mia?"
    asked = {"prompt": long, "truncation": "auto", "max_tokens": 4, "seed": 1}
    answer = room.client.post(COMPLETIONS, json=asked).json()
    read, _ = room.writer.asked[-1]
    assert answer["usage"]["prompt_tokens"] == len(read) == 160
    whole = prompt_tokens(room.encoder, long)
    assert read == [whole[0], *whole[-159:]]


def test_a_question_in_decomposed_letters_gets_the_same_answer(room):
    composed = "Wann öffnet die Bücherei?"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    ask = [[{"role": "user", "content": text}] for text in (composed, decomposed)]
    one, other = (chat(room, messages=messages).json() for messages in ask)
    assert one["choices"] == other["choices"] and one["usage"] == other["usage"]
