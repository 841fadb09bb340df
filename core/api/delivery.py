"""Delivering an envelope to an address the operator has allowed: signed, beside the answer.

The answer never waits for it. What is sent is the envelope as JSON, with

    X-Glassbox-Delivery: the envelope's id, the same at every attempt
    X-Glassbox-Signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "t." and the body, hex>

A redirect is not followed, a proxy is not used, and of what the other side says only the status
counts.
"""

import hashlib
import hmac
import http.client
import logging
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from core.api.webhook import Address, Destination, Reason, looked_up, secret
from core.errors import WebhookRefused

TIMEOUT_S: Final = 5.0  # to connect, and for every silence
WHOLE_S: Final = 15.0  # for one attempt, however slowly the other side drips
WAITS_S: Final = (1.0, 4.0, 15.0)  # before the second attempt and those after it
MAX_WAITING: Final = 100
N_AT_ONCE: Final = 2
TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
SIGNATURE_HEADER: Final = "X-Glassbox-Signature"

State = Literal["waiting", "delivered", "failed", "refused"]
Report = Callable[["Delivery"], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """How far a delivery is.

    Args:
        url: where to.
        state: waiting, delivered, failed, or refused before anything was sent.
        n_attempts: how often it was tried.
        status: the last answer's HTTP status, None where there was none.
        reason: why not, for programs.
        message: why not, in English.
        seconds: from the first attempt to the end.
    """

    url: str
    state: State = "waiting"
    n_attempts: int = 0
    status: int | None = None
    reason: str = ""
    message: str = ""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


def signature(key: bytes, moment: int, body: bytes) -> str:
    """What proves that the body comes from here, and when.

    Args:
        key: the secret both sides know.
        moment: seconds since 1970.
        body: what is delivered.
    """
    made = hmac.new(key, b"%d." % moment + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={made}"


def deliver(
    url: str,
    address: Address,
    body: bytes,
    delivery_id: str,
    *,
    report: Report = lambda _delivery: None,
    waits_s: Sequence[float] = WAITS_S,
    ended: threading.Event | None = None,
    find: Callable[[Address], Destination] = looked_up,
    trusted: ssl.SSLContext | None = None,
) -> Delivery:
    """Deliver a body, trying again where that can help.

    Args:
        url: as it was asked for, for the report.
        address: one that was admitted.
        body: JSON.
        delivery_id: the same at every attempt, so that the other side can drop doubles.
        report: called after every attempt.
        waits_s: pauses between the attempts; one attempt more than pauses.
        ended: set when nobody waits any longer.
        find: looks the name up, once for all attempts.
        trusted: whose certificates are believed; None: those this machine believes.

    Returns:
        how it ended.
    """
    ended = ended or threading.Event()
    begun, now = time.monotonic(), Delivery(url)
    try:
        to = find(address)
    except WebhookRefused as error:
        return _told(
            report,
            replace(now, state="refused", reason=str(error.values["reason"]), message=str(error)),
        )
    for attempt, wait_s in enumerate((0.0, *waits_s), start=1):
        if ended.wait(wait_s):
            return _told(report, replace(now, state="failed", reason="ended"))
        now = replace(_attempt(now, to, body, delivery_id, trusted), n_attempts=attempt)
        now = replace(now, seconds=round(time.monotonic() - begun, 3))
        if now.state == "delivered" or not (now.status is None or now.status in TRY_AGAIN):
            break
        if attempt <= len(waits_s):
            report(now)
    return _told(report, now if now.state == "delivered" else replace(now, state="failed"))


def _attempt(
    now: Delivery, to: Destination, body: bytes, delivery_id: str, trusted: ssl.SSLContext | None
) -> Delivery:
    """One attempt; whatever goes wrong becomes part of the result."""
    moment = int(time.time())
    headers = {
        "Host": to.address.netloc,
        "Content-Type": "application/json",
        "User-Agent": "Glassbox",
        "X-Glassbox-Delivery": delivery_id,
        SIGNATURE_HEADER: signature(secret(), moment, body),
        "Connection": "close",
    }
    connection = _connection(to, trusted)
    guard = threading.Timer(WHOLE_S, _cut, (connection,))
    guard.daemon = True
    guard.start()
    try:
        connection.request("POST", to.address.target, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        message = str(error) or type(error).__name__
        return replace(now, status=None, reason="no_answer", message=message[:200])
    finally:
        guard.cancel()
        connection.close()
    if 200 <= status < 300:
        return replace(now, state="delivered", status=status, reason="", message="")
    reason = "redirect" if 300 <= status < 400 else "status"
    return replace(now, status=status, reason=reason, message=f"The other side said {status}.")


class _Plain(http.client.HTTPConnection):
    """A connection to the one machine that was found, whatever the name may lead to by now."""

    def __init__(self, to: Destination) -> None:
        super().__init__(to.address.host, to.address.port, timeout=TIMEOUT_S)
        self._ip = to.ip

    def connect(self) -> None:
        """Connect to the address, not to the name."""
        self.sock = socket.create_connection((self._ip, self.port), TIMEOUT_S)


class _Encrypted(http.client.HTTPSConnection):
    """The same over TLS; the certificate must be the name's."""

    def __init__(self, to: Destination, trusted: ssl.SSLContext) -> None:
        super().__init__(to.address.host, to.address.port, timeout=TIMEOUT_S, context=trusted)
        self._ip = to.ip
        self._trusted = trusted

    def connect(self) -> None:
        """Connect to the address, and let it prove that it is the name's."""
        plain = socket.create_connection((self._ip, self.port), TIMEOUT_S)
        try:
            self.sock = self._trusted.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _connection(to: Destination, trusted: ssl.SSLContext | None) -> http.client.HTTPConnection:
    if to.address.scheme == "https":
        return _Encrypted(to, trusted or ssl.create_default_context())
    return _Plain(to)


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a connection that takes too long as a whole."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _told(report: Report, delivery: Delivery) -> Delivery:
    report(delivery)
    return delivery


class Courier:
    """Delivers one after another in threads of its own; whoever hands something in goes on."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], object]] = queue.Queue(MAX_WAITING)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def hand_in(
        self, url: str, address: Address, body: bytes, delivery_id: str, report: Report
    ) -> Delivery:
        """Deliver later; the outcome goes to `report`.

        Returns:
            that it waits, or that it is refused because too much waits already.
        """
        with self._lock:
            if len(self._threads) < N_AT_ONCE:
                thread = threading.Thread(target=self._work, name="webhook", daemon=True)
                self._threads.append(thread)
                thread.start()
        try:
            self._waiting.put_nowait(
                lambda: deliver(url, address, body, delivery_id, report=report)
            )
        except queue.Full:
            return Delivery(url, "refused", reason="busy", message="Too much waits already.")
        return Delivery(url)

    def _work(self) -> None:
        while True:
            work = self._waiting.get()
            try:
                work()
            except Exception:
                log.exception("a webhook could not be delivered")


REASONS: Final[tuple[Reason | str, ...]] = (
    *("none_allowed", "no_secret", "form", "scheme", "userinfo", "not_allowed", "private"),
    *("unknown_host", "no_answer", "redirect", "status", "busy", "ended"),
)
"""Everything a delivery can fail for; the page has a sentence for each."""
