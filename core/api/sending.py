"""One answer on its way out: written, sent through the stages, put into its envelope, counted.

A stream shows a character only once no stage can still want to change it; what is held back is
told by its length alone. Stages that must see the whole text make the stream wait until it is
there, and its first chunk says so.
"""

import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.concurrency import run_in_threadpool

from core.api.answers import Answer, Choice, event
from core.api.delivery import Courier, Delivery
from core.api.errors import as_api_error
from core.api.filtering import Line
from core.api.models import Model
from core.api.schemas import fit
from core.api.writing import Piece, pieces
from core.inference.sampling import SamplingSettings
from core.lineage import canonical_json
from core.postprocessing.holding import HoldBack
from core.postprocessing.sending.answers import Envelope, Origin, sealed
from core.postprocessing.stages import run_stages
from core.services import Services
from core.store import Usage

AUDIT_URL: Final = "/v1/glassbox/audit/"
HELD_BACK: Final = "content_filter"  # OpenAI's word for an answer that was not let through

N_PARTS: Final = 40  # in which a quotation goes into the stages

courier: Final = Courier()


@dataclass(frozen=True)
class Task:
    """One answer to write and send."""

    services: Services
    owner: str
    model: Model
    tokens: list[int]
    settings: SamplingSettings
    line: Line
    answer: Answer


@dataclass
class Written:
    """What the model has written so far, and how long it took."""

    text: str = ""
    n_tokens: int = 0
    finish: Literal["stop", "length"] = "stop"
    seconds: float = 0.0


async def whole(task: Task) -> dict[str, Any]:
    """The answer in one piece, with the report of what was done to it."""
    written = Written()
    async with aclosing(_written(task, written)) as drawn:
        async for _piece in drawn:
            pass
    envelope, delivery = await run_in_threadpool(finished, task, written)
    choice = Choice(envelope.text, n_tokens=written.n_tokens, finish=finish_of(envelope, written))
    return {**task.answer.whole([choice]), "glassbox": report(task, envelope, delivery)}


async def chunks(task: Task) -> AsyncGenerator[bytes]:
    """The answer as it becomes safe to show; the last chunk carries the report."""
    written, holding = Written(), HoldBack(task.line.stages, task.line.context)
    told: dict[str, Any] = {"waits_for": list(holding.waits_for)}  # said once, at the beginning
    shown = ""
    try:
        yield task.answer.opening(1)
        for part in parts(task.line.opening):
            safe = await run_in_threadpool(holding.push, part)
            shown += safe
            yield task.answer.chunk(0, Piece(safe, 0), {**told, "n_held": holding.n_held})
            told = {}
        async with aclosing(_written(task, written)) as drawn:
            async for piece in drawn:
                safe = await run_in_threadpool(holding.push, piece.text)
                shown += safe
                said = {**told, "n_held": holding.n_held}
                yield task.answer.chunk(0, Piece(safe, piece.n_tokens), said)
                told = {}
        envelope, delivery = await run_in_threadpool(finished, task, written)
        if not envelope.text.startswith(shown):
            raise RuntimeError("a stage changed what had been shown")
        last = Piece(envelope.text[len(shown) :], 0, finish=finish_of(envelope, written))
        yield task.answer.chunk(0, last, report(task, envelope, delivery))
        yield task.answer.closing(written.n_tokens)
    except Exception as error:  # the status line is long sent: the stream itself must say it
        yield event(as_api_error(error).body)


def parts(text: str) -> list[str]:
    """A text in at most about N_PARTS pieces, cut before white space."""
    least, pieces = max(1, len(text) // N_PARTS), [""]
    for word in re.findall(r"\s*\S+|\s+", text):
        if len(pieces[-1]) >= least:
            pieces.append("")
        pieces[-1] += word
    return [piece for piece in pieces if piece]


def finished(task: Task, written: Written) -> tuple[Envelope, Delivery | None]:
    """Send the text through the stages, seal and keep its envelope, hand it to the webhook."""
    drawn = task.line.opening + written.text
    answer = run_stages(drawn, task.line.stages, task.line.context)
    schema = task.settings.constraint
    envelope = sealed(
        answer,
        drawn,
        origin=origin(task.services, task.owner, task.model),
        lang=task.line.context.lang,
        n_in=len(task.tokens),
        n_out=written.n_tokens,
        model_s=written.seconds,
        schema=None if schema is None or answer.held_back else fit(answer.text, schema),
    )
    return envelope, send(task.services, task.owner, envelope, task.line)


def send(services: Services, owner: str, envelope: Envelope, line: Line) -> Delivery | None:
    """Keep an envelope, count it, and hand it to the webhook, if there is one."""
    said = envelope.to_dict()
    services.store.outbox.keep(owner, said, used(envelope))
    if line.webhook is None:
        return None

    def note(now: Delivery) -> None:
        services.store.outbox.note_delivery(owner, envelope.id, now.to_dict())

    url, address = line.webhook
    begun = Delivery(url)
    note(begun)
    handed = courier.hand_in(url, address, canonical_json(said), envelope.id, note)
    if handed.state == "refused":
        note(handed)
    return handed


def used(envelope: Envelope) -> Usage:
    """What an answer adds to the counters of its day."""
    count = envelope.count
    return Usage(
        n_answers=1,
        n_held_back=int(envelope.held_back),
        n_findings=envelope.n_findings,
        n_in=count.n_in,
        n_out=count.n_out,
        model_s=count.model_s,
        stages_s=count.stages_s,
        cost=count.price(envelope.prices),
        watt_hours=count.watt_hours(envelope.prices) or 0.0,
    )


def origin(services: Services, owner: str, model: Model) -> Origin:
    """Who writes, and everything it was made from."""
    lineage = services.store.artifacts.lineage(owner, model.checkpoint.id)
    made_from = tuple((artifact.kind, artifact.id) for artifact in lineage)
    return Origin(model.name, model.checkpoint.id, model.checkpoint.kind, made_from)


def report(task: Task, envelope: Envelope, delivery: Delivery | None) -> dict[str, Any]:
    """The `glassbox` object of a response: the envelope without the text it lies around."""
    said = envelope.to_dict()
    del said["text"]
    said["audit"]["url"] = AUDIT_URL + envelope.id if task.owner else None
    return {**said, "webhook": delivery.to_dict() if delivery else None}


def finish_of(envelope: Envelope, written: Written) -> Any:
    """Why the answer ends where it ends; JSON that a stage has broken is filtered content, too."""
    broken = envelope.schema is not None and not envelope.schema["valid"]
    return HELD_BACK if envelope.held_back or broken else written.finish


async def _written(task: Task, written: Written) -> AsyncGenerator[Piece]:
    """The model's pieces as they come, gathered in `written`."""
    begun = time.perf_counter()
    drawn = pieces(task.services.write, task.owner, task.model, task.tokens, task.settings)
    async with aclosing(drawn) as arriving:
        async for piece in arriving:
            written.text += piece.text
            written.n_tokens += piece.n_tokens
            written.finish = piece.finish or written.finish
            written.seconds = time.perf_counter() - begun
            yield piece
