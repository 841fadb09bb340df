"""Every error as OpenAI's clients expect it: a status code and a body of one form."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.api.neutral import NOT_SUPPORTED
from core.errors import (
    Busy,
    DamagedDatabase,
    DiskFull,
    GlassboxError,
    InputError,
    NotFound,
    ReadOnly,
    SettingError,
    StoreError,
    TooLarge,
    UnderWay,
    WritingFailed,
)

RETRY_AFTER_S: Final = 1
"""What a client is told to wait before it asks again."""

STATUS_OF: Final[tuple[tuple[type[GlassboxError], int], ...]] = (
    (NotFound, 404),
    (TooLarge, 413),
    (SettingError, 400),
    (InputError, 400),
    (Busy, 503),
    (UnderWay, 409),
    (DiskFull, 507),
    (StoreError, 500),
    (WritingFailed, 503),
)
PLACE_WITHHELD: Final[dict[type[GlassboxError], str]] = {
    DiskFull: "The disk of the server is full; this was not stored.",
    ReadOnly: "The server may not write where it stores; this was not stored.",
    DamagedDatabase: "The database of the server is damaged.",
}
"""What is said in place of messages that name folders of the server."""

TYPE_OF: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    405: "invalid_request_error",
    409: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    429: "rate_limit_error",
}


class ApiError(Exception):
    """A request that is answered with an error.

    Args:
        status: HTTP status.
        message: an English sentence.
        code: a word for programs.
        param: the part of the request that is to blame.
    """

    def __init__(
        self, status: int, message: str, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(status, message, code, param)

    def response(self) -> JSONResponse:
        """The answer."""
        headers = {"Retry-After": str(RETRY_AFTER_S)} if self.status in (429, 503) else None
        return JSONResponse(self.body, self.status, headers)


def error_body(
    status: int, message: str, code: str | None = None, param: str | None = None
) -> dict[str, Any]:
    """The body of an error, as OpenAI writes it."""
    kind = TYPE_OF.get(status, "server_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def as_api_error(error: Exception) -> ApiError:
    """Turn any error into an API error; an unforeseen one reveals nothing to the client."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return ApiError(error.status_code, str(error.detail))
    for kind, status in STATUS_OF:
        if isinstance(error, kind):
            param = error.values.get("name") if isinstance(error, SettingError) else None
            message = PLACE_WITHHELD.get(type(error), str(error))
            return ApiError(status, message, error.key, param)
    return ApiError(500, "Something went wrong on the server.", "internal_error")


def answer_errors(app: FastAPI) -> None:
    """Make an app answer every error in this format."""

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return as_api_error(error).response()

    for kind in (ApiError, RequestValidationError, HTTPException, GlassboxError, Exception):
        app.add_exception_handler(kind, answer)


def _invalid(error: RequestValidationError) -> ApiError:
    """The first thing that is wrong with a request, named by its path in the body."""
    first = error.errors()[0]
    path = [str(part) for part in first["loc"] if part != "body"]
    param = _param(path)
    if first["type"] == "extra_forbidden":
        return ApiError(400, f"Unrecognized request argument: {param}", "unknown_argument", param)
    if first["type"] == "json_invalid":
        return ApiError(400, "The body is not valid JSON.", "invalid_json")
    where = f"{param}: " if param else ""
    code = first["type"] if first["type"] == NOT_SUPPORTED else "invalid_value"
    return ApiError(400, f"{where}{first['msg']}", code, param)


def _param(path: list[str]) -> str | None:
    """The part of the body that is to blame.

    Below a message the path names fields alone; elsewhere what follows the second or first part may
    name pydantic's alternatives.
    """
    depth = {"messages": len(path), "glassbox": 2}.get(path[0] if path else "", 1)
    return ".".join(path[:depth]) or None
