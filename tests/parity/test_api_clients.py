"""Conversations of three turns with structured output, as real clients of OpenAI's API lead them.

Each client puts what it was sent into the history of the next turn, in its own way.
"""

import json
import os
from typing import Annotated

import httpx
import openai
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, Field

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it asks the internet on import

import litellm

MODEL = "glassbox-example"
QUESTIONS = ("Wo wohnt Mia?", "Where does Tom live?", "Was mag Mia?")
SEED = 5
N_TOKENS = 400

pytestmark = [
    # Both packages declare a field as None and put an object in; they warn about it themselves.
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning"),
    pytest.mark.filterwarnings("ignore:Items? .* on TypedDict class:UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Person(BaseModel):
    """Somebody in the town."""

    name: str = Field(max_length=20)
    age: int = Field(ge=0, le=120)
    likes: list[Annotated[str, Field(max_length=10)]] = Field(max_length=2)


@pytest.fixture
def sent():
    """The bodies of all requests made with `recording`."""
    return []


@pytest.fixture
def recording(sent):
    """An HTTP client that notes what it sends."""

    def note(request):
        sent.append(json.loads(request.read()))

    with httpx.Client(event_hooks={"request": [note]}) as client:
        yield client


@pytest.fixture
def package(served, recording):
    with openai.OpenAI(
        base_url=served[1], api_key="none", http_client=recording, max_retries=0
    ) as client:
        yield client


@pytest.fixture
def chain(served, recording):
    return ChatOpenAI(
        model=MODEL,
        base_url=served[1],
        api_key="none",
        http_client=recording,
        seed=SEED,
        max_tokens=N_TOKENS,
        max_retries=0,
    )


def roles(sent):
    return [[message["role"] for message in body["messages"]] for body in sent]


def check_conversation(sent, persons):
    """All three turns were answered, each with the whole history before it."""
    turn = ["user", "assistant"]
    assert roles(sent) == [
        ["system", *turn[:1]],
        ["system", *turn, *turn[:1]],
        ["system", *turn, *turn, *turn[:1]],
    ]
    assert len(persons) == 3 and all(isinstance(each, Person) for each in persons)
    answers = [each["content"] for each in sent[-1]["messages"] if each["role"] == "assistant"]
    assert [Person.model_validate_json(text) for text in answers] == persons[:2]
    assert all(body["response_format"]["type"] == "json_schema" for body in sent)


@pytest.mark.parametrize("dumped", [False, True], ids=["objects", "dictionaries"])
def test_openai_leads_three_turns(package, sent, dumped):
    history, persons = [{"role": "system", "content": "Be kind."}], []
    for question in QUESTIONS:
        history.append({"role": "user", "content": question})
        answer = package.chat.completions.parse(
            model=MODEL, messages=history, response_format=Person, max_tokens=N_TOKENS, seed=SEED
        )
        message = answer.choices[0].message
        persons.append(message.parsed)
        history.append(message.model_dump() if dumped else message)
    check_conversation(sent, persons)
    assert sent[-1]["messages"][2]["refusal"] is None or not dumped


def test_openai_streams_three_turns(package, sent):
    history, persons = [{"role": "system", "content": "Be kind."}], []
    for question in QUESTIONS:
        history.append({"role": "user", "content": question})
        with package.chat.completions.stream(
            model=MODEL,
            messages=history,
            response_format=Person,
            max_tokens=N_TOKENS,
            seed=SEED,
            stream_options={"include_usage": True},
        ) as stream:
            final = stream.get_final_completion()
        assert final.usage.completion_tokens > 0
        persons.append(final.choices[0].message.parsed)
        history.append(final.choices[0].message)
    check_conversation(sent, persons)
    assert all(body["stream"] for body in sent)


def test_what_the_server_sent_may_come_back_word_for_word(served):
    url, history = served[1] + "/chat/completions", []
    for question in QUESTIONS:
        history.append({"role": "user", "content": question})
        answer = httpx.post(url, json={"messages": history, "max_tokens": 10}, timeout=60)
        assert answer.status_code == 200, answer.text
        history.append(answer.json()["choices"][0]["message"])
    assert history[1]["refusal"] is None


def test_langchain_leads_three_turns(chain, sent):
    asked = chain.with_structured_output(Person, include_raw=True)
    history, persons = [SystemMessage("Be kind.")], []
    for question in QUESTIONS:
        history.append(HumanMessage(question))
        found = asked.invoke(history)
        assert found["parsing_error"] is None
        assert found["raw"].usage_metadata["output_tokens"] > 0
        persons.append(found["parsed"])
        history.append(found["raw"])
    check_conversation(sent, persons)


def test_langchain_streams_three_turns(chain, sent):
    form = {"type": "json_schema", "json_schema": {
        "name": "Person", "strict": True, "schema": Person.model_json_schema()}}  # fmt: skip
    asked = chain.bind(response_format=form, stream_usage=True)
    history, persons = [SystemMessage("Be kind.")], []
    for question in QUESTIONS:
        history.append(HumanMessage(question))
        answer = None
        for chunk in asked.stream(history):
            answer = chunk if answer is None else answer + chunk
        assert answer.usage_metadata["output_tokens"] > 0
        persons.append(Person.model_validate_json(answer.text))
        history.append(AIMessage(answer.content, additional_kwargs=answer.additional_kwargs))
    check_conversation(sent, persons)
    assert all(body["stream"] for body in sent)


def test_langchain_streams_objects_of_its_class(chain):
    found = list(chain.with_structured_output(Person).stream(QUESTIONS[0]))
    assert isinstance(found[-1], Person)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("dumped", [False, True], ids=["objects", "dictionaries"])
def test_litellm_leads_three_turns(package, sent, stream, dumped):
    history, persons = [{"role": "system", "content": "Be kind."}], []
    for question in QUESTIONS:
        history.append({"role": "user", "content": question})
        answer = litellm.completion(
            f"openai/{MODEL}",
            messages=history,
            response_format=Person,
            max_tokens=N_TOKENS,
            seed=SEED,
            stream=stream,
            client=package,
        )
        if stream:
            answer = litellm.stream_chunk_builder(list(answer))
        message = answer.choices[0].message
        persons.append(Person.model_validate_json(message.content))
        history.append(message.model_dump() if dumped else message)
    check_conversation(sent, persons)


TOOL = {
    "type": "function",
    "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}},
}


def test_tools_are_refused_by_name_in_every_client(package, chain):
    asked = [{"role": "user", "content": QUESTIONS[0]}]
    refused = "tools: .* is not supported by this server"
    with pytest.raises(openai.BadRequestError, match=refused) as caught:
        package.chat.completions.create(model=MODEL, messages=asked, tools=[TOOL])
    assert (caught.value.param, caught.value.code) == ("tools", "not_supported")
    with pytest.raises(openai.BadRequestError, match=refused):
        chain.bind_tools([TOOL]).invoke(QUESTIONS[0])
    with pytest.raises(litellm.BadRequestError, match=refused):
        litellm.completion(f"openai/{MODEL}", messages=asked, tools=[TOOL], client=package)
    called = {"role": "tool", "tool_call_id": "1", "content": "42"}
    with pytest.raises(openai.BadRequestError, match=r"role"):
        package.chat.completions.create(model=MODEL, messages=[*asked, called])
