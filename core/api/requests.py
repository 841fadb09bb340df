"""What may be asked of the API: OpenAI's fields, of which some can only have their neutral value.

Invariant: what this server cannot do is refused by name, never silently left out.
"""

import secrets
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.api.limits import MAX_CHOICES, MAX_PROMPT_CHARS, MAX_TOKENS
from core.inference.sampling import SamplingSettings

COMPLETION_TOKENS: Final = 16  # OpenAI's own default
CHAT_TOKENS: Final = 200  # and of whatever is held to a schema
MAX_STOPS: Final = 8
MAX_STOP_CHARS: Final = 200
MAX_MESSAGES: Final = 100
SEEDS: Final = 2**53  # as large as every JSON reader can hold exactly

Text = Annotated[str, Field(max_length=MAX_PROMPT_CHARS)]
Stop = Annotated[str, Field(min_length=1, max_length=MAX_STOP_CHARS)]
TokenId = Annotated[int, Field(ge=0)]
Neutral = Annotated[float, Field(ge=0, le=0, description="only 0 is supported")]


class StreamOptions(BaseModel):
    """What a stream carries besides the text."""

    model_config = ConfigDict(extra="forbid")
    include_usage: bool = False
    include_obfuscation: bool = False


class GlassboxField(BaseModel):
    """What happens to the answer before it leaves; core/api/filtering.py checks it."""

    model_config = ConfigDict(extra="forbid")
    stages: list[Any] | str = Field("default", description="stages in order, or a preset")
    language: Literal["de", "en"] | None = Field(None, description="default: the question's")
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
    temperature: float | None = Field(None, ge=0, le=2, description="default 1; 0 is greedy")
    top_p: float | None = Field(None, gt=0, le=1, description="default 1")
    top_k: int | None = Field(None, ge=1, description="not OpenAI's; default: all tokens")
    n: int | None = Field(None, ge=1, le=MAX_CHOICES, description="default 1")
    seed: int | None = Field(None, ge=-SEEDS, lt=SEEDS, description="default: a random one")
    stop: Stop | Annotated[list[Stop], Field(max_length=MAX_STOPS)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    frequency_penalty: Neutral | None = None
    presence_penalty: Neutral | None = None
    logit_bias: Annotated[dict[str, float], Field(max_length=0)] | None = None
    user: str | None = Field(None, description="not used")
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
        asked = self.stop or []
        return SamplingSettings(
            temperature=1.0 if self.temperature is None else self.temperature,
            top_k=self.top_k,
            top_p=self.top_p or 1.0,
            seed=secrets.randbelow(SEEDS) if self.seed is None else self.seed,
            max_tokens=max_tokens,
            stop=(*([asked] if isinstance(asked, str) else asked), *stop),
        )


class CompletionRequest(WritingRequest):
    """The prompt is read as the beginning of a document, and continued."""

    prompt: (
        Text
        | Annotated[list[Text], Field(min_length=1, max_length=MAX_CHOICES)]
        | Annotated[list[TokenId], Field(min_length=1, max_length=MAX_PROMPT_CHARS)]
    ) = Field("", description="a text, several texts, or token ids")
    max_tokens: int | None = Field(None, ge=1, le=MAX_TOKENS)
    logprobs: int | None = Field(None, ge=0, le=5, description="alternatives for each token")
    echo: Literal[False] | None = None
    suffix: Literal[""] | None = None
    best_of: Literal[1] | None = None


class TextPart(BaseModel):
    """A part of a message; only text is understood."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["text"]
    text: Text


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="forbid")
    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[TextPart]
    name: str | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content)


class ChatRequest(WritingRequest):
    """Answer the last question of a conversation.

    The models here are base models: they have no memory of a conversation and follow no
    instructions. Only the last message of the user is read, as a question of the kind that occurs
    in their training text.
    """

    messages: list[Message] = Field(min_length=1, max_length=MAX_MESSAGES)
    max_tokens: int | None = Field(None, ge=1, le=MAX_TOKENS)
    max_completion_tokens: int | None = Field(None, ge=1, le=MAX_TOKENS)
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    lang: Literal["de", "en"] | None = Field(
        None, description="not OpenAI's; default: the language of the question"
    )
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
