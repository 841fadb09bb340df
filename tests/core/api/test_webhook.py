"""Webhooks: what is allowed, what is refused and why, and what is actually sent."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.api import delivery
from core.api.delivery import Courier, deliver, signature
from core.api.webhook import Destination, admitted, looked_up, parsed
from core.errors import WebhookRefused

SECRET = "between us"
QUICK = (0.0, 0.0)
BODY = json.dumps({"id": "env-1", "text": "Schöne Grüße"}, ensure_ascii=False).encode()


def allowing(*urls: str, secret: str = SECRET) -> dict[str, str]:
    return {"GLASSBOX_WEBHOOKS": ", ".join(urls), "GLASSBOX_WEBHOOK_SECRET": secret}


def reason_of(url: str, environment: dict[str, str], resolve=None) -> str:
    """Why an address is refused."""
    with pytest.raises(WebhookRefused) as caught:
        address = admitted(url, environment)
        if resolve:
            looked_up(address, environment, resolve)
    return caught.value.values["reason"]


def leads_to(*ips: str):
    """A resolver that maps every name to these addresses."""

    def resolve(host, port, **_):
        return [(None, None, None, "", (ip, port)) for ip in ips]

    return resolve


def test_nothing_is_allowed_by_default():
    assert reason_of("https://partner.example/hook", {}) == "none_allowed"


def test_without_a_secret_to_sign_with_nothing_is_delivered():
    environment = allowing("https://partner.example/", secret="")
    assert reason_of("https://partner.example/hook", environment) == "no_secret"


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example/hook",
        "https://partner.example/hook/",
        "https://partner.example/hook/orders?id=7",
        "https://PARTNER.example:443/hook",
        "https://partner.example./hook",
    ],
)
def test_what_lies_under_an_allowed_address_is_admitted(url):
    assert admitted(url, allowing("https://partner.example/hook")).host == "partner.example"


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example/hooks",  # another folder that merely starts the same
        "https://partner.example/",
        "http://partner.example/hook",
        "https://partner.example:8443/hook",
        "https://partner.example.evil.example/hook",
        "https://evil.example/hook?https://partner.example/hook",
        "https://evil-partner.example/hook",
    ],
)
def test_what_lies_elsewhere_is_not_allowed(url):
    assert reason_of(url, allowing("https://partner.example/hook")) == "not_allowed"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://partner.example/hook", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://partner.example/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//partner.example/hook", "scheme"),
        ("https://partner.example@evil.example/hook", "userinfo"),
        ("https://user:word@partner.example/hook", "userinfo"),
        ("", "form"),
        ("https://", "form"),
        ("https://partner.example/hook/../admin", "form"),
        ("https://partner.example/hook/%2e%2e/admin", "form"),
        ("https://partner.example/hook/%252e%252e/admin", "form"),
        ("https://partner.example/hook/..;/admin", "form"),
        ("https://partner.example/hook/..;a=b/admin", "form"),
        ("https://partner.example/hook/%2e%2e%3b/admin", "form"),
        ("https://partner.example/hook/%25252e%25252e/admin", "form"),
        ("https://partner.example\\@evil.example/", "form"),
        ("https://partner.example/hook\r\nX-Evil: 1", "form"),
        ("https://partner.example/hook space", "form"),
        ("https://partner.example:0/hook", "form"),
        ("https://partner.example:99999/hook", "form"),
        ("https://[::1", "form"),
        ("https://partner.exämple/hook", "form"),
        ("https://partner.example/hook#part", "form"),
        ("https://partner.example/" + "a" * 3000, "form"),
    ],
)
def test_an_address_of_a_wrong_form_is_refused_with_its_reason(url, reason):
    assert reason_of(url, allowing("https://partner.example/")) == reason


INNER = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "64:ff9b:1::a00:1", "::127.0.0.1", "::a00:1"),
    *("fec0::1", "2001::1", "100::1", "3fff::1", "5f00::1"),
]


@pytest.mark.parametrize("ip", INNER)
def test_a_name_that_leads_into_this_network_is_refused(ip):
    environment = allowing("https://partner.example/")
    assert reason_of("https://partner.example/", environment, leads_to(ip)) == "private"
    both = leads_to("93.184.215.14", ip)  # one internal address among them is enough
    assert reason_of("https://partner.example/", environment, both) == "private"


@pytest.mark.parametrize("ip", INNER)
def test_an_address_in_numbers_of_this_network_is_refused(ip):
    host = f"[{ip}]" if ":" in ip else ip
    assert reason_of(f"http://{host}:80/", allowing("https://partner.example/")) == "private"


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1"])
def test_odd_spellings_of_this_machine_are_refused_also_where_they_were_allowed(host):
    environment = allowing(f"http://{host}:80/")
    found = reason_of(f"http://{host}:80/", environment, socket.getaddrinfo)
    assert found in ("private", "unknown_host")


def test_an_inner_address_is_allowed_only_by_its_number_and_its_port():
    named = "http://127.0.0.1:9000/hook"
    assert admitted(named, allowing("http://127.0.0.1:9000/hook")).port == 9000
    assert reason_of("http://127.0.0.1:9001/hook", allowing(named)) == "private"
    assert reason_of("http://127.0.0.1/hook", allowing("http://127.0.0.1/hook")) == "private"
    by_name = allowing("http://intranet.example:9000/")
    resolve = leads_to("10.0.0.5")
    assert reason_of("http://intranet.example:9000/", by_name, resolve) == "private"


def test_a_name_that_leads_nowhere_is_refused():
    def resolve(*_args, **_):
        raise socket.gaierror(-2, "Name or service not known")

    environment = allowing("https://partner.example/")
    assert reason_of("https://partner.example/", environment, resolve) == "unknown_host"


@dataclass
class Received:
    """A receiving server and the requests it got."""

    url: str
    port: int
    statuses: list[int]
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    location: str = ""


@pytest.fixture
def other_side():
    """The receiver: answers with the given statuses, repeating the last one forever."""
    told = Received("", 0, [200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.requests.append((self.path, dict(self.headers), body))
            status = told.statuses.pop(0) if len(told.statuses) > 1 else told.statuses[0]
            self.send_response(status)
            if told.location:
                self.send_header("Location", told.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    told.url = f"http://127.0.0.1:{told.port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def allowed(other_side, monkeypatch):
    for name, text in allowing(other_side.url).items():
        monkeypatch.setenv(name, text)
    return other_side


def test_the_envelope_arrives_as_it_is_and_the_signature_can_be_checked(allowed):
    done = deliver(allowed.url + "/a?b=c", admitted(allowed.url + "/a?b=c"), BODY, "env-1")
    assert (done.state, done.status, done.n_attempts) == ("delivered", 200, 1)
    ((path, headers, body),) = allowed.requests
    assert (path, body) == ("/hook/a?b=c", BODY)
    assert headers["X-Glassbox-Delivery"] == "env-1"
    assert headers["Content-Type"] == "application/json"
    moment, mac = headers["X-Glassbox-Signature"].removeprefix("t=").split(",v1=")
    theirs = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mac, theirs)


def test_another_body_another_moment_or_another_key_has_another_signature():
    made = signature(b"key", 1, b"body")
    others = [signature(b"key", 1, b"Body"), signature(b"key", 2, b"body"),
              signature(b"kez", 1, b"body")]  # fmt: skip
    assert len({made, *others}) == 4


def test_what_may_pass_is_tried_again_until_it_arrives(allowed):
    allowed.statuses[:] = [503, 429, 204]
    seen = []
    done = deliver(allowed.url, admitted(allowed.url), BODY, "env-1", report=seen.append,
                   waits_s=QUICK)  # fmt: skip
    assert (done.state, done.n_attempts, done.status) == ("delivered", 3, 204)
    assert [(each.state, each.status) for each in seen] == [
        ("waiting", 503),
        ("waiting", 429),
        ("delivered", 204),
    ]
    assert {headers["X-Glassbox-Delivery"] for _, headers, _ in allowed.requests} == {"env-1"}


def test_after_the_last_attempt_it_has_failed(allowed):
    allowed.statuses[:] = [500]
    done = deliver(allowed.url, admitted(allowed.url), BODY, "env-1", waits_s=QUICK)
    assert (done.state, done.reason, done.n_attempts) == ("failed", "status", 3)


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_what_the_other_side_does_not_want_is_not_tried_again(allowed, status):
    allowed.statuses[:] = [status]
    done = deliver(allowed.url, admitted(allowed.url), BODY, "env-1", waits_s=QUICK)
    assert (done.state, done.status, done.n_attempts) == ("failed", status, 1)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(allowed, status):
    allowed.statuses[:] = [status]
    allowed.location = allowed.url + "/elsewhere"
    done = deliver(allowed.url, admitted(allowed.url), BODY, "env-1", waits_s=QUICK)
    assert (done.state, done.reason, done.status) == ("failed", "redirect", status)
    assert [path for path, _, _ in allowed.requests] == ["/hook"]


def test_the_connection_goes_to_the_machine_that_was_checked_not_to_what_the_name_says_later(
    allowed,
):
    address = parsed(f"http://partner.example:{allowed.port}/hook")
    looked = []

    def find(asked):
        looked.append(asked.host)
        return Destination(asked, "127.0.0.1")

    allowed.statuses[:] = [503, 200]
    done = deliver("", address, BODY, "env-1", find=find, waits_s=QUICK)
    assert done.state == "delivered"  # partner.example itself does not resolve on any machine
    assert looked == ["partner.example"]  # once, for both attempts
    assert allowed.requests[0][1]["Host"] == f"partner.example:{allowed.port}"


def test_a_refusal_after_the_name_was_looked_up_sends_nothing(monkeypatch, allowed):
    monkeypatch.setenv("GLASSBOX_WEBHOOKS", f"http://localhost:{allowed.port + 1}/")
    url = f"http://127.1:{allowed.port}/hook"
    done = deliver(url, parsed(url), BODY, "env-1", waits_s=QUICK)
    assert done.state == "refused"
    assert done.reason in ("private", "unknown_host")
    assert allowed.requests == []


def test_who_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(delivery, "TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"http://127.0.0.1:{port}/"
        for name, text in allowing(url).items():
            monkeypatch.setenv(name, text)
        done = deliver(url, admitted(url), BODY, "env-1", waits_s=QUICK)
    assert (done.state, done.reason, done.status, done.n_attempts) == (
        "failed",
        "no_answer",
        None,
        3,
    )


def test_who_drips_for_ever_is_cut_off(monkeypatch):
    monkeypatch.setattr(delivery, "WHOLE_S", 0.1)
    ended = threading.Event()

    def drip(server):
        connection, _ = server.accept()
        with connection:
            while not ended.wait(0.01):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for name, text in allowing(url).items():
            monkeypatch.setenv(name, text)
        done = deliver(url, admitted(url), BODY, "env-1", waits_s=())
        ended.set()
        thread.join()
    assert (done.state, done.status) == ("failed", None)


def certificate(name: str) -> tuple[bytes, bytes]:
    """A self-signed certificate for a name, and its key, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM), private


@pytest.mark.parametrize(("host", "arrives"), [("partner.example", True), ("other.example", False)])
def test_over_tls_the_machine_must_prove_that_it_is_the_one_the_name_means(
    tmp_path, monkeypatch, host, arrives
):
    monkeypatch.setenv("GLASSBOX_WEBHOOK_SECRET", SECRET)
    public, private = certificate("partner.example")
    (tmp_path / "both.pem").write_bytes(public + private)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(tmp_path / "both.pem")
    ours = ssl.create_default_context(cadata=public.decode())
    got = []

    def serve(listening):
        connection, _ = listening.accept()
        with connection:
            try:
                with theirs.wrap_socket(connection, server_side=True) as secure:
                    data = b""
                    while not data.endswith(BODY):
                        data += secure.recv(100_000)
                    got.append(data)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except (ssl.SSLError, OSError):
                return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        address = parsed(f"https://{host}:{listening.getsockname()[1]}/hook")
        done = deliver("", address, BODY, "env-1", waits_s=(), trusted=ours,
                       find=lambda asked: Destination(asked, "127.0.0.1"))  # fmt: skip
        thread.join()
    assert (done.state == "delivered") is arrives, done
    assert bool(got) is arrives


def test_who_hands_something_in_goes_on_at_once_and_hears_of_it_later(allowed):
    heard = threading.Event()
    seen = []

    def report(now):
        seen.append(now)
        heard.set()

    first = Courier().hand_in(allowed.url, admitted(allowed.url), BODY, "env-1", report)
    assert first.state == "waiting"
    assert heard.wait(20)
    assert seen[-1].state == "delivered"
