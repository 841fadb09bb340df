"""What may be asked of the API: OpenAI's fields, of which some can only have their neutral value.

Invariant: what this server cannot do is refused by name, never silently left out.
"""

import secrets
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.api.limits import MAX_CHOICES, MAX_PROMPT_CHARS, MAX_TOKENS
from core.api.neutral import NOT_SUPPORTED, neutral, number, shown
from core.inference.sampling import SamplingSettings
from core.languages import Lang

COMPLETION_TOKENS: Final = 16  # OpenAI's own default
CHAT_TOKENS: Final = 200  # and of whatever is held to a schema
MAX_STOPS: Final = 8
MAX_STOP_CHARS: Final = 200
MAX_MESSAGES: Final = 100
SEEDS: Final = 2**53  # as large as every JSON reader can hold exactly

Text = Annotated[str, Field(max_length=MAX_PROMPT_CHARS)]
Whole = Annotated[int, BeforeValidator(number)]
Number = Annotated[float, BeforeValidator(number)]
TokenId = Annotated[int, BeforeValidator(number), Field(ge=0)]
TokenIds = Annotated[list[TokenId], Field(min_length=1, max_length=MAX_PROMPT_CHARS)]
Prompt = (
    Text
    | Annotated[list[Text], Field(min_length=1, max_length=MAX_CHOICES)]
    | TokenIds
    | Annotated[list[TokenIds], Field(min_length=1, max_length=MAX_CHOICES)]
)


def none_if_false(value: Any) -> Any:
    """Chat clients say `logprobs: false`, which asks for none."""
    return None if value is False else value


def stop_texts(value: Any) -> list[str]:
    """The field `stop` as a list: one text or several, none of them empty or overlong.

    Raises:
        PydanticCustomError: it is something else; the message says what.
    """
    texts = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        problem = "must be a text or a list of texts"
    elif len(texts) > MAX_STOPS:
        problem = f"has {len(texts)} texts, at most {MAX_STOPS} are supported"
    elif "" in texts:
        problem = "holds an empty text, which would end every answer before it begins"
    elif any(len(text) > MAX_STOP_CHARS for text in texts):
        problem = f"holds a text of more than {MAX_STOP_CHARS} characters"
    else:
        return texts
    raise PydanticCustomError("invalid_stop", "{problem}", {"problem": problem})


def message_text(value: Any) -> str | None:
    """What a message says, its parts put together.

    Raises:
        PydanticCustomError: a part is no text, or all of it is too long.
    """
    parts = value if isinstance(value, list) else [value]
    texts = []
    for number_, part in enumerate(parts):
        if isinstance(value, list) and isinstance(part, dict) and part.get("type") == "text":
            part = part.get("text")
        elif isinstance(value, list):
            kind = part.get("type") if isinstance(part, dict) else part
            raise PydanticCustomError(
                NOT_SUPPORTED,
                "part {place} is of type {kind}, which this server does not support; only text is",
                {"place": number_, "kind": shown(kind)},
            )
        if part is None and not isinstance(value, list):
            return None
        if not isinstance(part, str):
            problem = {"value": shown(part)}
            raise PydanticCustomError("not_a_text", "{value} is not a text", problem)
        texts.append(part)
    text = "".join(texts)
    if len(text) > MAX_PROMPT_CHARS:
        sizes = {"n": len(text), "limit": MAX_PROMPT_CHARS}
        raise PydanticCustomError("too_long", "has {n} characters, the limit is {limit}", sizes)
    return text


class StreamOptions(BaseModel):
    """What a stream carries besides the text."""

    model_config = ConfigDict(extra="forbid")
    include_usage: bool = False
    include_obfuscation: bool = False


class GlassboxField(BaseModel):
    """What happens to the answer before it leaves; core/api/filtering.py checks it."""

    model_config = ConfigDict(extra="forbid")
    stages: list[Any] | str = Field("default", description="stages in order, or a preset")
    language: Lang | None = Field(None, description="default: the question's")
    webhook: str | None = Field(None, description="the envelope is delivered there too")
    quote: bool = Field(False, description="the answer begins with the question, as in a letter")
    held_to: dict[str, Any] | str | None = Field(
        None, alias="schema", description="a JSON schema; the answer is held to it while written"
    )


class TextFormat(BaseModel):
    """The answer is text."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["text"]


class ObjectFormat(BaseModel):
    """The answer is some JSON object."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["json_object"]


class NamedSchema(BaseModel):
    """A JSON schema, as OpenAI's clients send one."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field("answer", pattern=r"^[A-Za-z0-9_-]{1,64}$", description="not used")
    description: str | None = Field(None, description="not used")
    held_to: dict[str, Any] = Field(alias="schema")
    strict: bool | None = Field(None, description="the answer is held to the schema either way")


class SchemaFormat(BaseModel):
    """The answer is JSON that fits a schema."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["json_schema"]
    json_schema: NamedSchema


ResponseFormat = Annotated[TextFormat | ObjectFormat | SchemaFormat, Field(discriminator="type")]
"""The form of the answer."""


class WritingRequest(BaseModel):
    """What completions and chat have in common."""

    model_config = ConfigDict(extra="forbid")

    model: str | None = Field(None, max_length=200, description="default: the first listed")
    temperature: Number | None = Field(None, ge=0, le=2, description="default 1; 0 is greedy")
    top_p: Number | None = Field(None, gt=0, le=1, description="default 1")
    top_k: Whole | None = Field(None, ge=1, description="not OpenAI's; default: all tokens")
    n: Whole | None = Field(None, ge=1, le=MAX_CHOICES, description="default 1")
    seed: Whole | None = Field(None, ge=-SEEDS, lt=SEEDS, description="default: a random one")
    stop: Annotated[list[str], BeforeValidator(stop_texts)] = Field(
        default_factory=list, description="a text, or up to eight"
    )
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    truncation: Literal["auto", "disabled"] | None = Field(
        None,
        description="auto: of a prompt longer than the context window the earliest tokens are left "
        "out; by default such a prompt is refused",
    )
    frequency_penalty: Annotated[Any, neutral(0)] = None
    presence_penalty: Annotated[Any, neutral(0)] = None
    logit_bias: Annotated[Any, neutral({})] = None
    store: Annotated[Any, neutral(False)] = None
    service_tier: Annotated[Any, neutral("auto", "default")] = None
    metadata: dict[str, Any] | None = Field(None, description="not used")
    user: str | None = Field(None, description="not used")
    safety_identifier: str | None = Field(None, description="not used")
    prompt_cache_key: str | None = Field(None, description="not used")
    response_format: ResponseFormat | None = Field(
        None, description="JSON is held to its schema while it is written, so it always fits"
    )
    glassbox: GlassboxField | None = Field(
        None, description="not OpenAI's; stages the answer goes through, and where it goes besides"
    )

    @property
    def n_choices(self) -> int:
        """Texts asked for."""
        return self.n or 1

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with the number of tokens."""
        return self.stream_options is not None and self.stream_options.include_usage

    def sampling(self, max_tokens: int, stop: tuple[str, ...] = ()) -> SamplingSettings:
        """How to draw; without a seed a random one is taken."""
        return SamplingSettings(
            temperature=1.0 if self.temperature is None else self.temperature,
            top_k=self.top_k,
            top_p=self.top_p or 1.0,
            seed=secrets.randbelow(SEEDS) if self.seed is None else self.seed,
            max_tokens=max_tokens,
            stop=(*self.stop, *stop),
        )


class CompletionRequest(WritingRequest):
    """The prompt is read as the beginning of a document, and continued."""

    prompt: Prompt = Field(
        "", description="a text, several texts, token ids, or several lists of them"
    )
    max_tokens: Whole | None = Field(
        None, ge=0, description=f"at most {MAX_TOKENS} are written; with 0 the echo is all there is"
    )
    logprobs: Annotated[Whole | None, BeforeValidator(none_if_false)] = Field(
        None, ge=0, le=5, description="alternatives for each token; the token itself comes besides"
    )
    echo: bool | None = Field(
        None, description="the answer begins with the prompt; with logprobs its tokens are scored"
    )
    suffix: Annotated[Any, neutral("")] = None
    best_of: Annotated[Any, neutral(1)] = None

    @property
    def token_limit(self) -> int | None:
        """Tokens to be written at most; None where the request leaves it open."""
        return None if self.max_tokens is None else min(self.max_tokens, MAX_TOKENS)


class Message(BaseModel):
    """One message of a conversation, those this server has written included."""

    model_config = ConfigDict(extra="forbid")
    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str | None, BeforeValidator(message_text)] = None
    name: str | None = None
    refusal: Annotated[Any, neutral()] = None
    audio: Annotated[Any, neutral()] = None
    annotations: Annotated[Any, neutral([])] = None
    tool_calls: Annotated[Any, neutral([])] = None
    function_call: Annotated[Any, neutral()] = None
    reasoning_content: str | None = Field(None, description="not used")
    parsed: Any = Field(None, description="not used; clients put in what they read from content")
    provider_specific_fields: Annotated[Any, neutral({})] = None
    thinking_blocks: Annotated[Any, neutral([])] = None

    @model_validator(mode="after")
    def only_an_assistant_may_be_silent(self) -> Self:
        """A question without content is a mistake; an answer without any has occurred."""
        if self.content is None and self.role != "assistant":
            raise PydanticCustomError("missing", "a message of this role needs content")
        return self

    @property
    def text(self) -> str:
        """What it says."""
        return self.content or ""


class ChatRequest(WritingRequest):
    """Answer the last question of a conversation.

    The models here are base models: they have no memory of a conversation and follow no
    instructions. Only the last message of the user is read, as a question of the kind that occurs
    in their training text.
    """

    messages: list[Message] = Field(min_length=1, max_length=MAX_MESSAGES)
    max_tokens: Whole | None = Field(None, ge=1, description=f"at most {MAX_TOKENS} are written")
    max_completion_tokens: Whole | None = Field(None, ge=1, description="the same; goes first")
    logprobs: bool | None = None
    top_logprobs: Whole | None = Field(None, ge=0, le=20)
    lang: Lang | None = Field(
        None, description="not OpenAI's; default: the language of the question"
    )
    tools: Annotated[Any, neutral([])] = None
    tool_choice: Annotated[Any, neutral("none", "auto")] = None
    parallel_tool_calls: bool | None = Field(None, description="not used: there are no tools")
    functions: Annotated[Any, neutral([])] = None
    function_call: Annotated[Any, neutral("none", "auto")] = None
    modalities: Annotated[Any, neutral(["text"])] = None
    audio: Annotated[Any, neutral()] = None
    prediction: Annotated[Any, neutral()] = None
    web_search_options: Annotated[Any, neutral()] = None
    reasoning_effort: Annotated[Any, neutral("none")] = None
    verbosity: Annotated[Any, neutral("medium")] = None

    @property
    def token_limit(self) -> int | None:
        """Tokens to be written at most; None where the request leaves it open."""
        asked = self.max_completion_tokens or self.max_tokens
        return None if asked is None else min(asked, MAX_TOKENS)
