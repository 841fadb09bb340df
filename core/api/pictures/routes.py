"""The routes for pictures.

    POST /v1/images/generations   draw            (JSON)
    POST /v1/images/edits         draw anew       (a form with files)
    GET  /v1/images/files/{name}  a picture asked for as a URL

Answers have OpenAI's form, with a `glassbox` field beside it: for every picture its seed, what each
stage did, the reader's verdict, the filter's score and the record of origin.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.errors import ApiError
from core.api.limits import Desk
from core.api.models import caller
from core.api.pictures.given import picture_and_mask
from core.api.pictures.models import Painters
from core.api.pictures.requests import EDIT_STRENGTH, PictureRequest, fields_of
from core.api.pictures.studio import Order, Shelf, Studio
from core.data.pictures import town_holdings
from core.errors import InputError, UnknownWords
from core.postprocessing.pictures.line import Finished
from core.postprocessing.pictures.painters import Painter
from core.postprocessing.pictures.prompt_filter import Wish
from core.services import Services

MOST_FIELDS: Final = 40  # of a form
MOST_FIELD_BYTES: Final = 20_000


def picture_routes(services: Callable[[], Services], desk: Desk, painters: Painters) -> APIRouter:
    """The routes.

    Args:
        services: gives the store, which knows who asks.
        desk: counts what is under way, pictures and texts together.
        painters: who may draw.
    """
    counter = _Counter(services, desk, painters)
    router = APIRouter()
    for path, summary, handle in (
        ("/images/generations", "Draw pictures", counter.generations),
        ("/images/edits", "Draw a picture anew, in part", counter.edits),
    ):
        router.post(path, summary=summary, response_model=None)(handle)
    router.get("/images/files/{name}", include_in_schema=False)(counter.file)
    return router


class _Counter:
    """Where pictures are asked for and handed out; arguments as for `picture_routes`."""

    def __init__(self, services: Callable[[], Services], desk: Desk, painters: Painters) -> None:
        self._services, self._desk, self._painters = services, desk, painters
        self._studio, self._shelf = Studio(), Shelf()

    async def generations(self, body: PictureRequest, request: Request) -> Response:
        """Draw pictures."""
        name, painter = await self._painter_for(request, body.model)
        order = Order(
            body.prompt, body.seeds(), body.drawing(painter), body.line(), _now(), _lang(body)
        )
        return await self._answered(request, body, order, painter, name)

    async def edits(self, request: Request) -> Response:
        """Draw a picture anew, where its mask is open or by some strength."""
        async with request.form(
            max_files=2, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES
        ) as form:
            fields, files = fields_of(form)
            body = _read(fields)
            name, painter = await self._painter_for(request, body.model)
            start, redraw = await picture_and_mask(files, painter.size)
        # What a mask leaves open is drawn from nothing, a picture without one only in part.
        drawing = body.drawing(painter, EDIT_STRENGTH if redraw is None else 1.0)
        order = Order(
            body.prompt, body.seeds(), drawing, body.line(), _now(), _lang(body),
            start, redraw,
        )  # fmt: skip
        return await self._answered(request, body, order, painter, name)

    def file(self, name: str) -> Response:
        """A picture that was asked for as a URL."""
        found = self._shelf.get(name)
        if found is None:
            raise ApiError(404, "There is no such file, or no longer.", "not_found")
        headers = {
            "Cache-Control": "private, max-age=3600",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        }
        return Response(found[0], media_type=found[1], headers=headers)

    async def _painter_for(self, request: Request, name: str | None) -> tuple[str, Painter]:
        """The painter of that name, or the default one, that this caller may use."""
        owner = await run_in_threadpool(caller, request.headers, self._services().store)
        known = await run_in_threadpool(self._painters, self._services().store, owner)
        chosen = next(iter(known)) if name is None and known else name
        if chosen is None or chosen not in known:
            shown = "There is no model that draws." if name is None else f"There is no {name!r}."
            raise ApiError(404, shown, "model_not_found", "model")
        return chosen, await run_in_threadpool(known.__getitem__, chosen)

    async def _answered(
        self, request: Request, body: PictureRequest, order: Order, painter: Painter, name: str
    ) -> Response:
        """Fill an order, one of the places at the desk being taken meanwhile."""
        owner = await run_in_threadpool(caller, request.headers, self._services().store)
        give_back = self._desk.seat(owner, request, len(order.seeds))
        try:
            wish = await run_in_threadpool(self._studio.wish, order, town_holdings(1), painter)
            _refuse(wish, order)
            await run_in_threadpool(_must_know, painter, order.text)
            found = await run_in_threadpool(self._studio.fill, order, wish, painter)
        except InputError as error:
            raise ApiError(400, str(error), error.key, "prompt") from None
        finally:
            give_back()
        if all(each.held_by for each in found):
            raise _held(found[0])
        return JSONResponse(_whole(request, body, order, name, found, self._shelf))


def _read(fields: dict[str, Any]) -> PictureRequest:
    """A form's fields, checked as a JSON body is."""
    try:
        return PictureRequest.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _lang(body: PictureRequest) -> str:
    return body.asked.language or ""


def _refuse(wish: Wish, order: Order) -> None:
    """Refuse a wish that must not be drawn.

    Raises:
        ApiError: in OpenAI's word for it; no word of the wish is repeated.
    """
    if order.line.prompt == "hold" and wish.refused:
        kinds = sorted({finding.kind for finding in wish.findings if finding.kind != "not_shown"})
        message = f"This prompt is refused by the prompt filter: {', '.join(kinds)}."
        raise ApiError(400, message, "content_policy_violation", "prompt")


def _must_know(painter: Painter, text: str) -> None:
    """Draw nothing for words that the painter has never read: it would draw something else.

    Raises:
        UnknownWords: there are some.
    """
    words = ", ".join(painter.unknown_words(text))
    if words:
        message = f"This model has never read these words, so it cannot draw them: {words}."
        raise UnknownWords(message, words=words)


def _held(found: Finished) -> ApiError:
    message = f"Every picture was held back by the stage {found.held_by!r}."
    return ApiError(400, message, "content_policy_violation", "prompt")


def _whole(
    request: Request,
    body: PictureRequest,
    order: Order,
    name: str,
    found: list[Finished],
    shelf: Shelf,
) -> dict[str, Any]:
    """The answer; a picture that was held back has neither bytes nor a URL."""
    data = []
    for each in found:
        shown: dict[str, Any] = {}
        if each.held_by:
            shown["b64_json"] = None
        elif body.response_format == "url":
            file = shelf.put(each.file, each.media_type, each.format)
            stem = request.url.path.rpartition("/")[0]  # /v1/images
            shown["url"] = str(request.url.replace(path=f"{stem}/files/{file}", query=""))
        else:
            shown["b64_json"] = b64encode(each.file).decode()
        data.append(shown)
    drawing = order.drawing
    pictures = [
        {"seed": seed, **each.envelope()} for seed, each in zip(order.seeds, found, strict=True)
    ]
    return {
        "created": int(datetime.now(UTC).timestamp()),
        "data": data,
        "output_format": order.line.format,
        "size": f"{body.size}x{body.size}",
        "glassbox": {
            "model": name,
            "n_steps": drawing.n_steps,
            "sampler": drawing.sampler,
            "guidance": drawing.guidance,
            "watermark": order.line.strength if order.line.format != "svg" else 0.0,
            "pictures": pictures,
        },
    }
