"""Secrets: keys, tokens and passwords that somebody wrote into a text, or a model learned by heart.

Two finders side by side: readable rules of our own, and the plugins of detect-secrets. Those are
slow, so a line reaches a plugin only if it holds what every match of that plugin must hold.

Invariant: nothing is looked up anywhere: the plugins' own way of asking a service whether a key is
valid is never called. What a finder gives is a place, never only a value: the same letters may
stand elsewhere in the line.

What this does not find: a password that is a plain word without quotation marks ("Das Passwort ist
sonnenblume.") or that stands before the word that gives it away.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.postprocessing.holding import open_from
from core.postprocessing.privacy.patterns import Rule, Verdict
from core.postprocessing.privacy.removing import REMOVED, settled_sentences, without
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced

ACTIONS: Final = ("mask", REMOVED)
LABELS: Final = {"de": "[GEHEIM]", "en": "[SECRET]"}

# Our own rules ------------------------------------------------------------------------------------

_KEY_FORMS: Final = (
    r"sk-[\w-]{20,200}",  # OpenAI, Anthropic
    r"[rs]k_(?:live|test)_\w{16,100}",  # Stripe
    r"gh[pousr]_\w{36,255}|github_pat_\w{22,255}",  # GitHub
    r"gl(?:pat|dt|ft|rt|soat|cbt)-[\w-]{20,50}",  # GitLab
    r"(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)",  # Amazon
    r"AIza[\w-]{35}",  # Google
    r"xox[abprs]-[\w-]{10,200}",  # Slack
    r"SG\.[\w-]{22}\.[\w-]{43}",  # SendGrid
    r"hf_\w{30,60}|npm_\w{36}|pypi-[\w-]{50,300}",  # hubs of packages and models
)
_KEY = re.compile(rf"(?<![\w-])(?:{'|'.join(_KEY_FORMS)})")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,800}\.[\w-]{8,1200}(?:\.[\w-]{1,400})?")
_BEARER = re.compile(r"(?<!\w)[Bb]earer (?P<it>[\w.~+/-]{16,400}={0,2})")
_HEADER = re.compile(
    r"(?<!\w)(?:(?:proxy-)?authorization[\"']?\s?[:=]\s?[\"']?(?:[A-Za-z]{3,12} )?|basic )"
    r"(?P<it>[\w.~+/-]{4,400}={0,2})",
    re.IGNORECASE,
)
_CURL = re.compile(r"(?<!\S)(?:-u|--user)[ =][\"']?[^\s:\"']{1,64}:(?P<it>[^\s\"']{1,64})")
_LOGIN = re.compile(r"(?<!\w)[a-z]{2,12}://[^\s:/@]{0,64}:(?P<it>[^\s/@]{1,64})@")
_BEGIN = r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----"
_BLOCK = re.compile(
    rf"{_BEGIN}(?:\s{{1,2}}[\w+/=:,-]{{1,80}}){{0,64}}?"
    r"\s{0,2}-----END [A-Z ]{0,24}PRIVATE KEY-----"
    rf"|{_BEGIN}(?:\s{{1,2}}[\w+/=]{{16,80}}){{0,64}}"  # cut off before its end
)
_SAID = re.compile(
    r"(?<!\w)[\w-]{0,20}(?:pass(?:wor[dt]|phrase|wd|code)|kennwort|zugangscode|api[ _-]?key|token"
    r"|(?<!\w)pwd?|(?<!\w)pin|(?:client|wlan|wifi)[ _-]?(?:secret|schlüssel|key))(?!\w)"
    r"(?:[\"']?\s?[:=]"
    r"|(?:(?:\s[^\W\d_][\w-]{0,23}){0,5}?\s(?:ist|lautet|heißt|is|was)(?:\sjetzt|\snow)?)?\s?:?)"
    r"\s?(?P<quote>[\"'„“”`])?(?P<it>[^\s\"'“”`,;:=][^\s\"'“”`,;]{3,63})",
    re.IGNORECASE,
)


def _it(text: str, match: re.Match[str]) -> Verdict:
    """What the group "it" holds, or all of it."""
    return match.span("it" if "it" in match.re.groupindex else 0), True


def _header(text: str, match: re.Match[str]) -> Verdict:
    """What a header brings: name and password in base64, or something no word looks like."""
    it = match["it"]
    with suppress(binascii.Error, UnicodeDecodeError):
        padded = it.rstrip("=") + "=" * (-len(it.rstrip("=")) % 4)
        plain = base64.b64decode(padded, validate=True).decode()
        if ":" in plain[1:] and plain.isprintable():
            return match.span("it"), True
    named = match[0][:5].lower() != "basic"
    odd = any(map(str.isdigit, it)) and any(map(str.isalpha, it)) and len(it) >= 8
    return (match.span("it"), True) if named and odd else None


def _said(text: str, match: re.Match[str]) -> Verdict:
    """What is called a password and looks like one: no word of a language, or digits as a PIN.

    Between quotation marks any password is one: whoever quotes it means just these letters.
    """
    start = match.start("it")
    said = match["it"].rstrip(".!?)")
    kinds = sum(any(f(c) for c in said) for f in (str.islower, str.isupper, str.isdigit))
    marks = any(not c.isalnum() for c in said[1:-1])
    called = match[0][: start - match.start()].lower()
    pin = re.match(r"[\w-]*\bpin\b", called) is not None and said.isdigit()
    chosen = len(said) >= 6 and any(map(str.isdigit, said)) + marks + (kinds > 1) >= 2
    closed = text[match.end("it") : match.end("it") + 1] in ('"', "'", "“", "”", "`")
    quoted = bool(match["quote"]) and closed and re.search("pass|kennwort|pwd?", called) is not None
    return ((start, start + len(said)), True) if pin or chosen or quoted else None


RULES: Final = (
    Rule("private_key", "key_block", _BLOCK, _it, longest=5400),
    Rule("token", "token_prefix", _KEY, _it, longest=320),
    Rule("token", "token_jwt", _JWT, _it, longest=2420),
    Rule("token", "token_bearer", _BEARER, _it, longest=420),
    Rule("token", "token_header", _HEADER, _header, longest=450),
    Rule("password", "password_curl", _CURL, _it),
    Rule("password", "password_in_address", _LOGIN, _it),
    Rule("password", "password_said", _SAID, _said),
)

# detect-secrets -----------------------------------------------------------------------------------

PIECE: Final = 600  # characters of a line that the plugins see at once; longer lines go in pieces
STEP: Final = 300  # from one piece to the next

_SET_TO = r"(?i:(?:key|pwd|pw|password|pass|token)['\"]?\]? *[=: ][=:>]? *['\"]?[a-z0-9_-]{16})"
_SAID_BY_NAME = (
    r"(?i:(?:api|auth|service|account|db|database|priv|private|client)_?key|(?:db|database|key)_?pass"
    r"|password|passwd|pwd|secret|contrase[ñn]a)\S{0,600}?\s{0,600}?[\"'`:=!(\[]"
)
HINTS: Final[dict[str, str]] = {
    "artifactory.ArtifactoryDetector": r"AKC|AP[\dA-F]",
    "aws.AWSKeyDetector": r"A3T|ABIA|ACCA|AKIA|ASIA|(?i:aws.{0,20}?(?:key|pwd|pw|pass|token))",
    "azure_storage_key.AzureStorageKeyDetector": "AccountKey=",
    "basic_auth.BasicAuthDetector": r"://[^\s:]{1,600}:[^\s@]{1,600}@",
    "cloudant.CloudantDetector": rf"{_SET_TO}|(?i:cloudant\.com)",
    "discord.DiscordBotTokenDetector": r"\.[\w-]{6}\.",
    "github_token.GitHubTokenDetector": "gh[pousr]_",
    "gitlab_token.GitLabTokenDetector": "gl[a-z]{2,6}-|GR1348941",
    "ibm_cloud_iam.IbmCloudIamDetector": _SET_TO,
    "ibm_cos_hmac.IbmCosHmacDetector": r"(?i:secret[-_]?(?:access)?[-_]?key)",
    "jwt.JwtTokenDetector": "eyJ",
    "keyword.KeywordDetector": _SAID_BY_NAME,
    "mailchimp.MailchimpDetector": "[0-9a-z]{32}-us",
    "npm.NpmDetector": "_authToken=",
    "openai.OpenAIDetector": "T3BlbkFJ",
    "private_key.PrivateKeyDetector": "BEGIN [A-Z]|PuTTY",
    "pypi_token.PypiTokenDetector": "pypi-AgE",
    "sendgrid.SendGridDetector": r"SG\.",
    "slack.SlackDetector": r"(?i:xox[abpors]-|hooks\.slack)",
    "softlayer.SoftlayerDetector": rf"{_SET_TO}|(?i:softlayer.com)",
    "square_oauth.SquareOAuthDetector": "sq0csp-",
    "stripe.StripeDetector": "k_live_",
    "telegram_token.TelegramBotTokenDetector": r"\d{8}:",
    "twilio.TwilioKeyDetector": r"AC[a-z0-9]{8}|SK[a-z0-9]{8}",
}
"""Plugin -> what every one of its matches holds.

Left out are the two that measure entropy, to which "hello world" is a secret, and the one for
public addresses of machines, which are none.
"""


@cache
def plugins() -> dict[str, tuple[Any, re.Pattern[str]]]:
    """Name of a plugin -> the plugin, and what lets a line through to it."""
    found = {}
    for path, hint in HINTS.items():
        module, _, kind = path.partition(".")
        made = getattr(import_module(f"detect_secrets.plugins.{module}"), kind)()
        found[kind] = made, re.compile(hint)
    return found


@cache
def _any_hint() -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(HINTS.values())))


def spans(name: str, piece: str) -> set[tuple[int, int]]:
    """Where a plugin finds something in a piece of a line, the prefilter left aside.

    A plugin tells values only, so its own expressions are asked for their places. Of the keyword
    plugin, the form that compares a quoted value with a variable is left out: its value stands
    before the word that gives it away, in text that a reader has seen by then.
    """
    plugin, _ = plugins()[name]
    if name != "KeywordDetector":
        told = set(plugin.analyze_string(piece))
        return {
            match.span(group)
            for form in plugin.denylist
            for match in form.finditer(piece)
            for group in (range(1, form.groups + 1) if form.groups else (0,))
            if match[group] in told
        }
    keyword = import_module("detect_secrets.plugins.keyword")
    forms = keyword.QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP
    left_out = keyword.PRECEDED_BY_EQUAL_COMPARISON_SIGNS_QUOTES_REQUIRED_REGEX
    found = {form: form.search(piece) for form in forms if form is not left_out}
    told = set(plugin.analyze_string(piece, denylist_regex_to_group={f: forms[f] for f in found}))
    places = {match.span(forms[form]) for form, match in found.items() if match}
    return {(start, end) for start, end in places if piece[start:end] in told}


def values(name: str, piece: str) -> set[str]:
    """What a plugin finds there."""
    return {piece[start:end] for start, end in spans(name, piece)}


def pieces(text: str, hinted: bool = False) -> Iterator[tuple[int, str]]:
    """The lines of a text with where they begin, long ones in overlapping pieces.

    Args:
        text: all of it.
        hinted: only lines that hold some hint at all; a hint in a piece is one in its line.
    """
    at = 0
    for line in text.splitlines(keepends=True):
        if not hinted or _any_hint().search(line):
            for start in range(0, max(1, len(line) - STEP), STEP):
                yield at + start, line[start : start + PIECE]
        at += len(line)


def _by_library(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and plugin of everything that detect-secrets finds."""
    for at, piece in pieces(text, hinted=True):
        for name, (_, hint) in plugins().items():
            for start, end in spans(name, piece) if hint.search(piece) else ():
                bare = piece[start:end].strip(' \t\r\n"=:')
                first = start + piece[start:end].find(bare)
                if bare:
                    yield at + first, at + first + len(bare), name


def _word_start(text: str, at: int) -> int:
    """Where the word begins that a place lies in: a value never stands before its hint's word."""
    while at > 0 and not text[at - 1].isspace():
        at -= 1
    return at


class Secrets:
    """The stage "secrets"."""

    name: ClassVar[str] = "secrets"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """
        Args:
            settings: "action" is one of ACTIONS; "library" says whether detect-secrets looks too.
        """
        chosen = admitted(settings, {"action": "mask", "library": True})
        if chosen["action"] not in ACTIONS:
            raise SettingError("action", chosen["action"], f"must be one of {', '.join(ACTIONS)}")
        self.action: str = chosen["action"]
        self.library: bool = chosen["library"]

    def apply(self, text: str, context: Context) -> Processed:
        """Find by our rules, then by the library; what overlaps is one finding, the first one's."""
        found = [
            (start, end, rule.kind, rule.name)
            for rule in RULES
            for start, end, _ in rule.places(text)
        ]
        if self.library:
            found += [(start, end, "secret", name) for start, end, name in _by_library(text)]
        new = LABELS[context.lang] if self.action == "mask" else None
        findings = [
            Finding(start, end, kind, rule, new, note=self.action)
            for start, end, kind, rule in _joined(found)
        ]
        findings = without(text, findings)
        return Processed(replaced(text, findings), tuple(findings))

    def settled(self, text: str) -> int:
        """See holding.Streaming: a word waits for its end, and after a hint, the line for its."""
        n = min(open_from(rule, text) for rule in RULES)
        if self.library and text:
            line = text.rfind("\n") + 1
            piece = line + max(0, (len(text) - line - PIECE) // STEP + 1) * STEP
            hinted = _any_hint().search(text, piece)
            n = min(n, _word_start(text, hinted.start() if hinted else len(text)))
        if self.action == REMOVED:
            n = settled_sentences(text, n)
        return n


def _joined(found: list[tuple[int, int, str, str]]) -> list[tuple[int, int, str, str]]:
    """Findings from left to right; those that overlap become one."""
    joined: list[tuple[int, int, str, str]] = []
    for start, end, kind, rule in sorted(found, key=lambda each: each[0]):
        if joined and start < joined[-1][1]:
            first, last, *named = joined[-1]
            joined[-1] = (first, max(last, end), named[0], named[1])
        else:
            joined.append((start, end, kind, rule))
    return joined
