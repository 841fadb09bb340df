"""Secrets: what is found, what is not, and a prefilter that loses nothing."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SettingError
from core.postprocessing.privacy.secrets import PIECE, Secrets, pieces, plugins, values
from core.postprocessing.stages import Context

ABOUT = Context("en")
FOUND = {
    "AKIAIOSFODNN7EXAMPLE": "token",
    "ghp_" + "a1B2" * 9: "token",
    "sk-proj-" + "Ab1-" * 8: "token",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl": "token",
}
SAID = {
    "Das Passwort lautet Sonne!2024x, bitte merken.": "Sonne!2024x",
    "password = 'hunter22X'": "hunter22X",
    "https://anna:geheim99@example.org/": "geheim99",
    "PIN: 4711": "4711",
    "Authorization: Bearer abcdefghij0123456789": "abcdefghij0123456789",
    "Authorization: Basic dTpw": "dTpw",
    "-H 'Authorization: Basic bWlhOmdlaGVpbTk5'": "bWlhOmdlaGVpbTk5",
    '{"Authorization": "Token abcd1234efgh"}': "abcd1234efgh",
    "Das Passwort für das WLAN ist Sommer2024!": "Sommer2024",
    "The password for the guest wifi is Blue-Moon-42, ok?": "Blue-Moon-42",
    "Benutzerpasswort = geheim99X": "geheim99X",
    'Das Passwort ist "geheim".': "geheim",
    "Die PIN für die Karte ist 4711.": "4711",
    "curl -u mia:geheim99 https://example.org": "geheim99",
    "pwd=abc123XY": "abc123XY",
    "redis://:hunter22@cache:6379/0": "hunter22",
}
HARMLESS = (
    "The secret of the cake is butter.",
    "Das Passwort ist geheim.",
    "Authorization: Department approval is needed.",
    "A basic understanding of it will do.",
    "Das Passwort des Nachbarn ist mir egal.",
    "The password was changed on Monday.",
    "The token „Haus“ is next.",
    "hello world",
    "The key lies under the mat, don't tell.",
    "https://example.org/path?q=1",
    "8f14e45fceea167a5a36dedd4bea2543",
)
PATTERNS = [
    (name, pattern)
    for name, (plugin, _) in plugins().items()
    for pattern in getattr(plugin, "denylist", ())
]


@pytest.mark.parametrize("secret", FOUND)
def test_keys_are_recognised_by_their_makers_prefix(secret):
    done = Secrets({}).apply(f"Use {secret} today.", ABOUT)
    assert done.text == "Use [SECRET] today."
    assert done.findings[0].kind == FOUND[secret]


@pytest.mark.parametrize("text", SAID)
def test_passwords_are_recognised_by_their_surroundings(text):
    assert SAID[text] not in Secrets({}).apply(text, ABOUT).text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgres://u:p@h/db", "postgres://u:[SECRET]@h/db"),
        ("postgres://postgres:postgres@h/postgres", "postgres://postgres:[SECRET]@h/postgres"),
        ("https://u:pass@pass.example.org/pass", "https://u:[SECRET]@pass.example.org/pass"),
        ("pwd=abc123XY", "pwd=[SECRET]"),
        ("Authorization: Basic dTpw", "Authorization: Basic [SECRET]"),
    ],
)
def test_a_secret_is_hidden_where_it_stands_and_nowhere_else(text, left):
    assert Secrets({}).apply(text, ABOUT).text == left


@pytest.mark.parametrize("text", HARMLESS)
def test_a_word_for_secrets_is_not_a_secret(text):
    assert Secrets({}).apply(text, ABOUT).findings == ()


def test_a_private_key_goes_as_one_block():
    block = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc+/=\nabc=\n-----END RSA PRIVATE KEY-----"
    assert Secrets({}).apply(f"Key:\n{block}\nEnd.", ABOUT).text == "Key:\n[SECRET]\nEnd."


@pytest.mark.parametrize(("name", "pattern"), PATTERNS, ids=str)
def test_the_prefilter_lets_through_whatever_a_plugin_can_match(name, pattern):
    _, hint = plugins()[name]

    @settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.from_regex(pattern), st.text(max_size=20))
    def holds(match, before):
        piece = before + match
        if values(name, piece):
            assert hint.search(piece)

    holds()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["password", "secret", "api_key", "aws", "token", "=", ":", ' "', "'", ";", " ", "(",
             "abcdefghijklmnop" * 3, "0123456789abcdef" * 4, "AKC", "://", "@", "x", "-us1", "[]"]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_the_prefilter_loses_nothing_of_what_keywords_give_away(piece):
    for name, (_, hint) in plugins().items():
        if values(name, piece):
            assert hint.search(piece), name


@given(st.text(alphabet="ab\n\r ", max_size=50), st.integers(1, 4))
def test_every_character_belongs_to_a_piece(text, times):
    text *= times * PIECE // 20
    seen = set()
    for at, piece in pieces(text):
        assert text[at : at + len(piece)] == piece and len(piece) <= PIECE
        seen.update(range(at, at + len(piece)))
    assert seen == set(range(len(text)))


def test_no_service_is_asked_whether_a_key_is_valid(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("somebody wants to leave the machine")

    monkeypatch.setattr("socket.socket.connect", refuse)
    done = Secrets({}).apply("\n".join([*FOUND, *SAID]), ABOUT)
    assert len(done.findings) >= len(FOUND)


def test_an_unknown_action_is_refused():
    with pytest.raises(SettingError):
        Secrets({"action": "shout"})


def test_the_two_plugins_that_measure_entropy_are_off():
    assert not [name for name in plugins() if re.search("Entropy", name)]
