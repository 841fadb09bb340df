"""What may be asked for: OpenAI's fields, of which some can only have their neutral value."""

import json
import re
import secrets
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData, UploadFile

from core.api.errors import ApiError
from core.api.limits import MAX_CHOICES
from core.api.neutral import neutral
from core.api.requests import SEEDS, Number, Whole
from core.errors import SettingError
from core.inference.pictures import DrawSettings
from core.languages import Lang
from core.postprocessing.pictures.formats import QUALITY
from core.postprocessing.pictures.line import Action, LineSettings
from core.postprocessing.pictures.painters import Painter
from core.postprocessing.pictures.prompt_filter import LONGEST

SIDE: Final = 256  # pixels, where the request does not say
EDIT_STRENGTH: Final = 0.7  # how far a given picture is drawn anew where no mask says what
MAX_STEPS: Final = 100
SEED_RANGE: Final = 2**31  # of seeds drawn here


def side_of(value: Any) -> Any:
    """`size` as pixels of a side: only squares.

    Raises:
        PydanticCustomError: it is something else.
    """
    if value in (None, "auto"):
        return SIDE
    found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", value) if isinstance(value, str) else None
    if found is None or found[1] != found[2]:
        problem = "must be a square such as 256x256, or auto"
        raise PydanticCustomError("invalid_size", "{problem}", {"problem": problem})
    return int(found[1])


class PictureField(BaseModel):
    """The `glassbox` field: how it is drawn, and what the stages do."""

    model_config = ConfigDict(extra="forbid")
    language: Lang | None = Field(None, description="default: whichever fits")
    n_steps: Whole = Field(10, ge=1, le=MAX_STEPS, description="questions to the model")
    sampler: str = Field("euler", max_length=20, description="euler, ddim or ddpm")
    guidance: Number | None = Field(
        None, description="weight of the caption, 1: as learned; default: 3, or the model's own"
    )
    negative: str = Field("", max_length=LONGEST, description="a caption to stay away from")
    strength: Number | None = Field(None, description="of an edit: how far to go, up to 1")
    prompt: Action = Field("hold", description="a wish the house refuses: hold, mark or off")
    house_rule: bool = Field(False, description="whether the example of a house rule counts")
    caption: Action = Field("mark", description="a picture that is not what was asked for")
    filter: Action = Field("mark", description="a picture the filter takes for unwanted")
    threshold: Number = Field(0.5, description="of the filter")
    method: str = Field("lanczos", max_length=20, description="of enlarging")
    watermark: Number = Field(LineSettings.strength, description="in grey levels; 0: none")


class PictureRequest(BaseModel):
    """What drawing and editing have in common."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(min_length=1, max_length=LONGEST)
    model: str | None = Field(None, max_length=200, description="default: the example model")
    n: Whole | None = Field(None, ge=1, le=MAX_CHOICES)
    size: Annotated[int, BeforeValidator(side_of)] = Field(
        SIDE, description="a square of a multiple of 64 pixels up to 1024x1024, or auto"
    )
    response_format: Literal["b64_json", "url"] | None = None
    output_format: Literal["png", "webp", "jpeg", "svg"] | None = None
    output_compression: Whole | None = Field(None, ge=1, le=100, description="quality of JPEG")
    seed: Whole | None = Field(
        None, ge=0, lt=SEEDS - MAX_CHOICES, description="not OpenAI's; of the first picture"
    )
    background: Annotated[Any, neutral("auto", "opaque")] = None
    quality: Annotated[Any, neutral("auto", "standard", "low", "medium", "high")] = None
    style: Annotated[Any, neutral("natural")] = None
    moderation: Annotated[Any, neutral("auto")] = None
    stream: Annotated[Any, neutral(False)] = None
    partial_images: Annotated[Any, neutral(0)] = None
    input_fidelity: Annotated[Any, neutral("low")] = None
    user: str | None = Field(None, description="not used")
    safety_identifier: str | None = Field(None, description="not used")
    glassbox: PictureField | None = Field(None, description="not OpenAI's")

    @property
    def asked(self) -> PictureField:
        """The `glassbox` field, as it starts where there is none."""
        return self.glassbox or PictureField.model_validate({})

    @property
    def n_pictures(self) -> int:
        """Pictures asked for."""
        return self.n or 1

    def seeds(self) -> list[int]:
        """One a picture; without a seed the first is drawn by chance."""
        first = secrets.randbelow(SEED_RANGE) if self.seed is None else self.seed
        return [first + k for k in range(self.n_pictures)]

    def line(self) -> LineSettings:
        """What the stages do.

        Raises:
            ApiError: something is impossible; `param` is the path to it.
        """
        asked = self.asked
        try:
            return LineSettings(
                prompt=asked.prompt,
                house_rule=asked.house_rule,
                caption=asked.caption,
                filter=asked.filter,
                threshold=asked.threshold,
                side=self.size,
                method=asked.method,
                strength=asked.watermark,
                format=self.output_format or "png",
                quality=self.output_compression or QUALITY,
            )
        except SettingError as error:
            raise _at(error, {"side": "size", "strength": "glassbox.watermark"}) from None

    def drawing(self, painter: Painter, strength: float = 1.0) -> DrawSettings:
        """How to draw.

        Args:
            painter: who draws; says the guidance where the request does not.
            strength: how far a given picture is drawn anew where the request does not say.

        Raises:
            ApiError: something is impossible.
        """
        asked = self.asked
        strength = strength if asked.strength is None else float(asked.strength)
        guidance = painter.usual.guidance if asked.guidance is None else float(asked.guidance)
        try:
            return DrawSettings(asked.n_steps, asked.sampler, guidance, asked.negative, strength)
        except SettingError as error:
            raise _at(error, {}) from None


def _at(error: SettingError, paths: dict[str, str]) -> ApiError:
    """A setting's error, named as the request calls it."""
    name = str(error.values["name"])
    path = paths.get(name, f"glassbox.{name}")
    message = f"{path} is {error.values['value']!r}, {error.values['rule']}"
    return ApiError(400, message, "invalid_value", path)


def fields_of(form: FormData) -> tuple[dict[str, Any], dict[str, list[UploadFile]]]:
    """A form's fields as JSON would have them, and its files by name.

    OpenAI's client writes a nested field as `glassbox[guidance]` and a list as `image[]`.

    Raises:
        ApiError: a field is there twice, or `glassbox` is neither such fields nor JSON.
    """
    fields: dict[str, Any] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files.setdefault(name.removesuffix("[]"), []).append(value)
            continue
        inner = re.fullmatch(r"(\w+)\[(\w+)\]", name)
        if inner is None and name == "glassbox":
            value = _json(value)
        place = fields.setdefault(inner[1], {}) if inner else fields
        key = inner[2] if inner else name
        if not isinstance(place, dict) or key in place:
            raise ApiError(400, f"{name} is given twice.", "invalid_value", name)
        place[key] = value
    return fields, files


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ApiError(400, "glassbox is not valid JSON.", "invalid_value", "glassbox") from None
