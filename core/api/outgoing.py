"""What the API tells about answers that have left: stages, envelopes, trails, counters, webhooks.

    GET  /v1/glassbox/stages        GET /v1/glassbox/audit            POST /v1/glassbox/verify
    GET  /v1/glassbox/usage         GET /v1/glassbox/audit/{id}       GET  /v1/glassbox/webhooks

Envelopes and counters are their owner's alone: the owner of the cookie, or of the key.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.errors import ApiError
from core.api.filtering import PRESETS, described_stages, preset
from core.api.models import caller
from core.api.webhook import allowed_addresses, secret
from core.errors import WebhookRefused
from core.postprocessing.sending.answers import Prices
from core.postprocessing.sending.audit import from_dicts, to_csv, to_jsonl, verify
from core.postprocessing.stages import to_dict
from core.services import Services

MAX_ENTRIES: Final = 1_000
MEDIA_TYPES: Final = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


class Trail(BaseModel):
    """An audit trail somebody holds in hand."""

    model_config = ConfigDict(extra="forbid")
    entries: list[dict[str, Any]] = Field(max_length=MAX_ENTRIES)
    head: str | None = Field(None, description="the hash that went out with the answer")


def outgoing_routes(services: Callable[[], Services]) -> APIRouter:
    """The routes under /v1/glassbox.

    Args:
        services: gives the store; called with each request, not before.
    """
    router = APIRouter(prefix="/glassbox")

    @router.get("/stages", summary="The stages and presets the glassbox field may name")
    def stages() -> dict[str, Any]:
        presets = {name: to_dict(preset(name)) for name in PRESETS}
        return {"object": "list", "data": described_stages(), "presets": presets}

    @router.get("/audit", summary="Your newest envelopes")
    def audits(request: Request) -> dict[str, Any]:
        return {"object": "list", "data": services().store.outbox.latest(_owner(services, request))}

    @router.get("/audit/{id}", summary="One envelope; its trail as ?format=jsonl or csv")
    def audit(
        id: str, request: Request, format: Literal["json", "jsonl", "csv"] = "json"
    ) -> Response:
        envelope = services().store.outbox.get(_owner(services, request), id)
        entries = from_dicts(envelope["audit"]["entries"])
        if format == "json":
            broken = verify(entries, envelope["audit"]["head"])
            return JSONResponse({**envelope, "verified": broken is None, "broken_at": broken})
        text = to_jsonl(entries) if format == "jsonl" else to_csv(entries)
        name = f'attachment; filename="{envelope["id"]}.{format}"'
        headers = {"Content-Disposition": name}
        return Response(text, headers=headers, media_type=MEDIA_TYPES[format])

    @router.post("/verify", summary="Whether a trail is as it was written")
    def verified(body: Trail) -> dict[str, Any]:
        broken = verify(from_dicts(body.entries), body.head)
        return {"verified": broken is None, "broken_at": broken, "n_entries": len(body.entries)}

    @router.get("/usage", summary="Your tokens, time and cost by day, and the prices they count by")
    def usage(request: Request) -> dict[str, Any]:
        days = services().store.outbox.usage(_owner(services, request))
        prices = Prices.from_environment()
        return {"object": "list", "data": [asdict(day) for day in days], "prices": asdict(prices)}

    @router.get("/webhooks", summary="The addresses the operator allows the webhook")
    def webhooks() -> dict[str, Any]:
        try:
            allowed = allowed_addresses()
        except WebhookRefused as error:
            raise ApiError(500, str(error), "webhook_form") from None
        return {"object": "list", "data": [each.url for each in allowed], "signed": bool(secret())}

    return router


def _owner(services: Callable[[], Services], request: Request) -> str:
    """Who asks; somebody without a bench owns no envelope."""
    owner = caller(request.headers, services().store)
    if not owner:
        message = "Envelopes are kept for owners alone: send the cookie, or the key of a bench."
        raise ApiError(401, message, "no_owner")
    return owner
