"""Where a webhook may deliver to: only where the operator of this machine has said so.

    GLASSBOX_WEBHOOKS         addresses, separated by commas, under which may be delivered
    GLASSBOX_WEBHOOK_SECRET   signs what is delivered; without it nothing is

Nothing is allowed by default. A name is looked up once, and the connection goes to that very
address, so that nobody can point the name elsewhere in between. Addresses of this machine and of
the network around it are refused, unless the operator has written that address and its port.
"""

import ipaddress
import os
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

from core.errors import WebhookRefused

ALLOWED_VARIABLE: Final = "GLASSBOX_WEBHOOKS"
SECRET_VARIABLE: Final = "GLASSBOX_WEBHOOK_SECRET"
MAX_URL_CHARS: Final = 2_000
PORTS: Final = {"http": 80, "https": 443}
GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
DOCUMENTATION: Final = ipaddress.ip_network(
    "3fff::/20"
)  # RFC 9637; Python 3.11 does not know it yet
UNPRINTABLE: Final = re.compile(r"[^\x21-\x7e]|[\\<>\"{}|^`]")  # as they stand, no URL holds them

Reason = Literal[
    "none_allowed",  # the operator has allowed nothing
    "no_secret",  # the operator has set no secret to sign with
    "form",  # this is no address
    "scheme",  # neither http nor https
    "userinfo",  # a name or password stands in it
    "not_allowed",  # under none of the operator's addresses
    "private",  # this machine or the network around it
    "unknown_host",  # the name leads nowhere
]


@dataclass(frozen=True)
class Address:
    """An address in its parts.

    Args:
        scheme: "http" or "https".
        host: in small letters, without a final dot; an IPv6 address without brackets.
        port: where the server listens.
        path: begins with a slash.
        query: what follows the question mark.
        names_port: whether the port was written out.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str
    names_port: bool

    @property
    def target(self) -> str:
        """What the first line of the request asks for."""
        return self.path + (f"?{self.query}" if self.query else "")

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.netloc}{self.target}"

    @property
    def netloc(self) -> str:
        """The header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def lies_under(self, allowed: "Address") -> bool:
        """Whether the operator's address covers this one: same place, same path or below it."""
        same = (self.scheme, self.host, self.port) == (allowed.scheme, allowed.host, allowed.port)
        above = allowed.path.rstrip("/")
        below = self.path == above or self.path.startswith(above + "/")
        return same and below and allowed.query in ("", self.query)


@dataclass(frozen=True)
class Destination:
    """A checked address, and the one machine to which the connection will go."""

    address: Address
    ip: str


def parsed(url: str) -> Address:
    """Take an address apart, strictly.

    Raises:
        WebhookRefused: it is no address, of another scheme, or carries a name or password.
    """
    if not url or len(url) > MAX_URL_CHARS or UNPRINTABLE.search(url):
        raise _refused("form", url, "This is no address of the form https://host/path.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("form", url, "This is no address of the form https://host/path.") from None
    if parts.scheme not in PORTS:
        raise _refused("scheme", url, "Only http and https addresses are delivered to.")
    if "@" in parts.netloc:
        raise _refused("userinfo", url, "An address must carry no name and no password.")
    host = (parts.hostname or "").rstrip(".")
    path = parts.path or "/"
    if not host or "#" in url or "%" in host or port == 0 or _climbs(path):
        raise _refused("form", url, "This is no address of the form https://host/path.")
    names_port = port is not None
    return Address(parts.scheme, host, port or PORTS[parts.scheme], path, parts.query, names_port)


def allowed_addresses(environment: Mapping[str, str] = os.environ) -> list[Address]:
    """The addresses the operator has written down.

    Raises:
        WebhookRefused: one of them is no address; the operator should know.
    """
    written = environment.get(ALLOWED_VARIABLE, "").split(",")
    return [parsed(each.strip()) for each in written if each.strip()]


def secret(environment: Mapping[str, str] = os.environ) -> bytes:
    """What deliveries are signed with; empty where the operator has set nothing."""
    return environment.get(SECRET_VARIABLE, "").strip().encode()


def admitted(url: str, environment: Mapping[str, str] = os.environ) -> Address:
    """An address, if it may be delivered to as far as that can be told without looking it up.

    Args:
        url: where somebody wants the envelope delivered.
        environment: what the operator has set.

    Raises:
        WebhookRefused: with the reason.
    """
    address, allowed = parsed(url), allowed_addresses(environment)
    if not allowed:
        message = f"The operator of this server has allowed no webhook ({ALLOWED_VARIABLE})."
        raise _refused("none_allowed", url, message)
    if _literal(address.host) and not _exactly_allowed(address, allowed):
        check_public(address.host, url)
    if not any(address.lies_under(each) for each in allowed):
        message = f"The operator has not allowed this address ({ALLOWED_VARIABLE})."
        raise _refused("not_allowed", url, message)
    if not secret(environment):
        message = f"The operator has set no secret to sign with ({SECRET_VARIABLE})."
        raise _refused("no_secret", url, message)
    return address


def looked_up(
    address: Address,
    environment: Mapping[str, str] = os.environ,
    resolve: Callable[..., Sequence[Any]] = socket.getaddrinfo,
) -> Destination:
    """Look the name up, once; what it leads to now is where the connection goes.

    Args:
        address: one that was `admitted`.
        environment: what the operator has set.
        resolve: asks for the addresses of a name, as socket.getaddrinfo does.

    Raises:
        WebhookRefused: the name leads nowhere, or to this machine or the network around it.
    """
    url = address.url
    try:
        found = resolve(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _refused("unknown_host", url, "The name leads to no machine.") from None
    ips = [str(each[4][0]) for each in found]
    if not ips:
        raise _refused("unknown_host", url, "The name leads to no machine.")
    if not _exactly_allowed(address, allowed_addresses(environment)):
        for ip in ips:  # one inner address among them is enough: who answers so is not trusted
            check_public(ip, url)
    return Destination(address, ips[0])


def check_public(ip: str, url: str) -> None:
    """Raise WebhookRefused for an address of this machine or of the network around it."""
    if not _is_public(ipaddress.ip_address(ip.partition("%")[0])):
        message = f"{ip} is an address of this machine or of the network around it."
        raise _refused("private", url, message)


def _is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the internet at large, whatever it may be translated into.

    Of IPv6 only global unicast counts (2000::/3, RFC 4291): site-local, IPv4-compatible and NAT64
    addresses lie outside it. An IPv4 address within an IPv6 one has to be public itself.
    """
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    if ip.ipv4_mapped is not None:
        return _is_public(ip.ipv4_mapped)
    inner = [ip.sixtofour, *(ip.teredo or ())]
    is_unicast = ip in GLOBAL_UNICAST and ip not in DOCUMENTATION and ip.is_global
    return is_unicast and all(each is None or _is_public(each) for each in inner)


def _exactly_allowed(address: Address, allowed: Sequence[Address]) -> bool:
    """Whether the operator has written this very machine, as a number or "localhost", and port."""
    named = address.host == "localhost" or _literal(address.host)
    return named and any(each.names_port and address.lies_under(each) for each in allowed)


def _literal(host: str) -> bool:
    """Whether a host is an address in numbers."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _climbs(path: str) -> bool:
    """Whether a path leads out of the folder it seems to lie in, also when written in code.

    What follows a semicolon in a part of a path is a parameter, which some servers take away before
    they climb: "..;" is ".." to them.
    """
    while (plain := unquote(path)) != path:
        path = plain
    parts = re.split(r"[/\\]", path)
    return any(part.partition(";")[0].strip() == ".." for part in parts)


def _refused(reason: Reason, url: str, message: str) -> WebhookRefused:
    return WebhookRefused(message, reason=reason, address=url[:MAX_URL_CHARS])
