"""Users' own rules: what patterns find, that none runs forever, what is refused, streams."""

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import (
    PatternBroken,
    PatternEmpty,
    PatternTooLarge,
    PatternUnsupported,
    RuleName,
    SettingError,
)
from core.postprocessing.holding import HoldBack
from core.postprocessing.privacy.automaton import MAX_STEPS, Automaton, Scan, automaton
from core.postprocessing.privacy.expressions import MAX_CHARACTERS, MAX_SIGNS, may_be_empty, size
from core.postprocessing.privacy.expressions import read_expression as read
from core.postprocessing.privacy.own_rules import (
    MAX_NAME,
    MAX_RULES,
    OwnRule,
    OwnRules,
    checked,
    own_rules,
)
from core.postprocessing.privacy.patterns import KINDS
from core.postprocessing.privacy.private import PrivateData
from core.postprocessing.stages import Context, StageSetting, replaced, run_stages

ABOUT = Context("de")
CUSTOMER = {"name": "Kundennummer", "pattern": r"KD-\d{4,8}"}


def found(pattern, text):
    return [text[start:end] for start, end in Scan(Automaton(pattern)).read(text)]


def by_trying_everything(pattern, text):
    """The same, using Python's `re`: may this stretch be a match? Overlapping ones are merged."""
    spans = [
        (start, end)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if _may_end(pattern, text, start, end)
    ]
    joined = []
    for start, end in sorted(spans, key=lambda span: (span[1], span[0])):
        while joined and start < joined[-1][1]:
            start = min(start, joined.pop()[0])
        joined.append((start, end))
    return joined


def _may_end(pattern, text, start, end):
    """Whether a match from start may end exactly at end."""
    rest = len(text) - end
    return re.compile(rf"(?:{pattern})(?=[\s\S]{{{rest}}}(?![\s\S]))", re.M).match(text, start)


# What is found


@pytest.mark.parametrize(
    ("pattern", "text", "places"),
    [
        (r"KD-\d{6}", "x KD-123456, KD-1 KD-999999", ["KD-123456", "KD-999999"]),
        (r"(?i)kunde \w+", "Kunde Müller, KUNDE Xy", ["Kunde Müller", "KUNDE Xy"]),
        (r"^a.*b$", "a1b\nxab\nab", ["a1b", "ab"]),
        (r"\bcat\b", "cat concat cat", ["cat", "cat"]),
        (r"[A-F0-9]{2}(:[A-F0-9]{2}){2}", "mac 0A:1B:2C!", ["0A:1B:2C"]),
        (r"(ab|abc)d?", "abcd", ["abcd"]),
        (r"\d{4}", "1234567", ["1234567"]),  # every run of four, as one
        (r"\d", "12 3", ["1", "2", "3"]),  # matches that touch but do not overlap
        (r"[^ ]+@x", "a@x b@x", ["a@x", "b@x"]),
        (r"[]\-a]+", "x]-a", ["]-a"]),
        (r"\x41\u00d6{2}", "AÖÖ", ["AÖÖ"]),
        (r"a{x}", "a{x}", ["a{x}"]),
        ("ä", "ÄäÄ", ["ä"]),
        ("(?i)ä", "ÄäÄ", ["Ä", "ä", "Ä"]),
    ],
)
def test_what_a_pattern_finds(pattern, text, places):
    assert found(pattern, text) == places


PARTS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\W", r"\b", r"\B", "^", "$", "\n"])
EDGES = ("^", "$", r"\b", r"\B")
COUNTS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}"])
PATTERNS = st.recursive(
    st.builds(lambda part, n: part if part in EDGES else part + n, PARTS, COUNTS),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: f"(?:{a}|{b})", inner, inner),
        st.builds(lambda a, n: f"({a}){n}", inner, COUNTS),
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(pattern=PATTERNS, text=st.text(alphabet="ab \n", max_size=8))
def test_it_finds_what_pythons_own_engine_could_match(pattern, text):
    tree_fits = True
    try:
        ours = Scan(Automaton(pattern)).read(text)
    except (PatternEmpty, PatternTooLarge, PatternUnsupported):  # "b?" + "?" asks for the shortest
        tree_fits = False
    if tree_fits:
        assert ours == by_trying_everything(pattern, text)


@settings(max_examples=100, deadline=None)
@given(pattern=PATTERNS, text=st.text(alphabet="ab \n", max_size=10), cut=st.integers(0, 10))
def test_a_growing_text_is_read_like_a_complete_one(pattern, text, cut):
    try:
        scan = Scan(Automaton(pattern))
    except (PatternEmpty, PatternTooLarge, PatternUnsupported):
        return
    before = scan.read(text[:cut])
    open_from = scan.open_from(text[:cut])
    whole = scan.read(text)
    assert whole == Scan(Automaton(pattern)).read(text)
    decided = [span for span in before if span[1] <= open_from]
    for start, end in decided:  # either it is unchanged, or a later one has joined it
        assert any(first <= start and end <= last for first, last in whole)
    if len(text) > cut:
        assert all(end <= open_from or start >= open_from for start, end in decided)


def test_a_text_cut_at_the_front_is_read_again():
    scan = Scan(automaton(r"^b+"))
    assert scan.read("aa\nbb") == [(3, 5)]
    assert scan.read("bb") == [(0, 2)]


# None runs forever

HOSTILE = [
    "(a+)+$",
    "(a+)+b",
    "(a|aa)+$",
    "(.*a){9}b",
    "(a?){45}a{45}b",
    r"(\w+\s?)+!",
    ".*.*.*=.*",
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_hostile_patterns_take_as_many_steps_as_the_text_has_characters(pattern, monkeypatch):
    n_steps, real = [], Automaton._moved

    def counted(self, state, character):
        n_steps.append(1)
        return real(self, state, character)

    monkeypatch.setattr(Automaton, "_moved", counted)
    text = "a" * 50_000
    Scan(Automaton(pattern)).read(text)
    assert 0 < len(n_steps) <= 200  # all others were remembered: no step is computed twice


def test_fifty_thousand_characters_under_a_hostile_pattern_are_done_in_seconds():
    begun = process_time()
    assert found("(a+)+$", "a" * 50_000) == ["a" * 50_000]
    assert process_time() - begun < 20  # trying all ways would outlast the sun


def test_the_memory_has_a_limit():
    followed = Automaton("a.{90}c")
    text = "".join("ab"[int(digit) % 2] for n in range(3_000) for digit in str(n * n * 7919))
    Scan(followed).read(text)
    assert followed._n_steps <= MAX_STEPS
    assert len(followed._states) <= MAX_STEPS + 2


# What is refused


@pytest.mark.parametrize(
    ("pattern", "position", "reason"),
    [
        ("x(a", 2, "unclosed_group"),
        ("a)", 2, "unopened"),
        ("[a", 1, "unclosed_class"),
        ("[]", 1, "unclosed_class"),
        ("*a", 1, "nothing_to_repeat"),
        ("a|*", 3, "nothing_to_repeat"),
        ("a**", 3, "nothing_to_repeat"),
        ("a$+", 3, "nothing_to_repeat"),
        ("a{5,3}", 2, "reversed_count"),
        ("[z-a]", 3, "reversed_range"),
        (r"[\d-z]", 4, "reversed_range"),
        ("\\", 1, "bad_escape"),
        (r"a\q", 2, "bad_escape"),
        (r"\x4", 1, "bad_escape"),
    ],
)
def test_a_broken_pattern_is_reported_with_its_position(pattern, position, reason):
    with pytest.raises(PatternBroken) as caught:
        read(pattern)
    assert caught.value.values == {"position": position, "reason": reason}


@pytest.mark.parametrize("pattern", ["(a", "a)", "[a", "*a", "a**", "a{5,3}", "[z-a]", "\\", r"\q"])
def test_what_is_broken_here_is_broken_for_python_too(pattern):
    with pytest.raises(re.error):
        re.compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "position", "what"),
    [
        ("(?=a)b", 1, "(?="),
        ("x(?<!a)b", 2, "(?<!"),
        (r"(a)\1", 4, r"\1"),
        ("a*?", 2, "*?"),
        ("a{2}+", 2, "{2}+"),
        ("(?i:a)", 1, "(?i:"),
        ("(?>a)", 1, "(?>"),
        ("(?P<x>a)(?P=x)", 9, "(?P="),
        (r"a\Z", 2, r"\Z"),
    ],
)
def test_what_one_pass_cannot_decide_is_refused_by_name(pattern, position, what):
    with pytest.raises(PatternUnsupported) as caught:
        read(pattern)
    assert caught.value.values == {"position": position, "what": what}


@pytest.mark.parametrize("pattern", ["", "a*", "^$", r"\b", "x|", "(a?){3}", "(?i)"])
def test_a_pattern_that_matches_the_empty_string_is_refused(pattern):
    with pytest.raises(PatternEmpty):
        read(pattern)


@pytest.mark.parametrize(
    "pattern", ["a" * (MAX_CHARACTERS + 1), "(a{1,99}){9}", "a{999999}", "((a{30}){30}){30}"]
)
def test_a_pattern_that_is_too_large_is_refused(pattern):
    with pytest.raises(PatternTooLarge):
        read(pattern)


@given(pattern=PATTERNS)
def test_a_tree_has_the_size_and_emptiness_it_claims(pattern):
    try:
        tree = read(pattern)
    except PatternEmpty:
        assert re.compile(pattern, re.M).match("") or "\\b" in pattern or "\\B" in pattern
    except (PatternTooLarge, PatternUnsupported):
        return
    else:
        assert size(tree) <= MAX_SIGNS and not may_be_empty(tree)
        assert not re.compile(pattern, re.M).match("")


@pytest.mark.parametrize(
    "name", ["", " x", "=1+1", "<b>", "a" * (MAX_NAME + 1), "email", "Kunde", "KUNDE"]
)
def test_a_malformed_or_taken_name_is_refused(name):
    with pytest.raises(RuleName):
        checked(OwnRule(name, "a"), [OwnRule("Kunde", "b")])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("x", "own"),
        ([CUSTOMER] * (MAX_RULES + 1), "own"),
        (["x"], "own[0]"),
        ([{"name": "A"}], "own[0]"),
        ([{**CUSTOMER, "sound": 1}], "own[0]"),
        ([{**CUSTOMER, "pattern": 7}], "own[0].pattern"),
        ([CUSTOMER, {"name": "B", "pattern": "(a"}], "own[1].pattern"),
        ([CUSTOMER, CUSTOMER], "own[1].name"),
        ([{**CUSTOMER, "action": "pseudonymise"}], "own[0].action"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(given, path):
    with pytest.raises(SettingError) as caught:
        own_rules(given)
    assert caught.value.values["name"] == path


# In the stage


def stage(*own, **settings):
    return PrivateData({"own": [{"action": "mask", **each} for each in own], **settings})


def test_what_an_own_rule_finds_is_masked_with_its_name():
    done = stage(CUSTOMER).apply("Nummer KD-1234 an mia@example.org.", ABOUT)
    assert done.text == "Nummer [KUNDENNUMMER] an [E-MAIL]."
    assert [(f.kind, f.rule) for f in done.findings] == [
        ("Kundennummer", "own"), ("email", "email_form")]  # fmt: skip


def test_each_own_rule_has_its_action():
    text = "Nummer KD-1234 hier."
    assert stage(CUSTOMER, style="blocks").apply(text, ABOUT).text == "Nummer ██-████ hier."
    kept = stage({**CUSTOMER, "action": "keep"}).apply(text, ABOUT)
    assert kept.text == text and kept.findings[0].replacement is None
    gone = stage({**CUSTOMER, "action": "remove"}).apply("Eins: KD-1234. Zwei.", ABOUT)
    assert "KD" not in gone.text and gone.text.endswith("Zwei.")


def test_an_own_rule_never_takes_anything_from_a_shipped_one():
    text = "von A bis mia@example.org und B weiter"
    keeps = stage({"name": "alles", "pattern": "A.*B", "action": "keep"}).apply(text, ABOUT)
    assert keeps.text == "von A bis [E-MAIL] und B weiter"
    masks = stage({"name": "alles", "pattern": "A.*B"}).apply(text, ABOUT)
    assert masks.text == "von [ALLES][E-MAIL][ALLES] weiter"


def test_of_two_own_rules_the_first_has_what_both_find():
    first, second = {"name": "eins", "pattern": "ab"}, {"name": "zwei", "pattern": "abc+"}
    assert stage(first, second).apply("abcc", ABOUT).text == "[EINS][ZWEI]"
    assert stage(second, first).apply("abcc", ABOUT).text == "[ZWEI]"


def test_pieces_are_what_no_other_rule_has():
    rules = OwnRules([OwnRule("x", "a+")])
    spans = [(start, end) for start, end, _ in rules.places("aaaaaa", [(0, 1), (2, 4)])]
    assert spans == [(1, 2), (4, 6)]


@given(st.text(alphabet='KD-12 \n"\\{}[]', max_size=60))
def test_findings_and_text_give_the_outgoing_text(text):
    done = stage(CUSTOMER, {"name": "Klammer", "pattern": r"\{[^}]*\}"}).apply(text, ABOUT)
    assert done.text == replaced(text, done.findings)


# Streams

OWN = [
    CUSTOMER,
    {"name": "Zeile", "pattern": r"^Betreff: .*$"},
    {"name": "Wort", "pattern": r"\bgeheim\w*\b"},
    {"name": "Klammer", "pattern": r"<<[^>]*>>", "action": "remove"},
    {"name": "hostil", "pattern": "(x+)+y"},
]
TEXTS = [
    "Ihre Nummer KD-123456, bitte merken. KD-12 nicht.",
    "Betreff: Hallo\nDas ist geheimnisvoll und geheim.\nBetreff ist keine: Zeile",
    "Bitte <<nicht zeigen>> und mia@example.org fragen. KD-99999999999",
    "xxxxxxxxxxxxxxxxxxx und xxxxy",
    "Offen: << ohne Ende und KD-1234",
]


def line(actions=None):
    settings = {**dict.fromkeys(KINDS, "mask"), "own": OWN, **(actions or {})}
    return [StageSetting("private", True, settings), StageSetting("secrets")]


@pytest.mark.parametrize("text", TEXTS)
def test_character_by_character_nothing_is_taken_back_and_nothing_private_is_shown(text):
    whole = run_stages(text, line(), ABOUT).text
    hold = HoldBack(line(), ABOUT)
    for sign in text:
        hold.push(sign)
        assert whole.startswith(hold.released), hold.released
    hold.finish()
    assert hold.released == whole


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4),
    between=st.sampled_from([" ", "\n"]),
    draw=st.data(),
)
def test_cut_anywhere_the_stream_comes_to_the_same(texts, between, draw):
    text = between.join(texts)
    cuts = draw.draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    whole, hold = run_stages(text, line(), ABOUT).text, HoldBack(line(), ABOUT)
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        hold.push(text[start:end])
        assert whole.startswith(hold.released)
    hold.finish()
    assert hold.released == whole


def test_no_character_of_a_match_leaves_before_it_is_decided():
    hold = HoldBack([StageSetting("private", True, {"own": [CUSTOMER]})], ABOUT)
    shown = "".join(hold.push(sign) for sign in "Nummer KD-1234")
    assert shown == "Nummer "
    assert hold.push(" ist") == "[KUNDENNUMMER] "


def test_lines_long_past_are_forgotten_with_own_rules_too():
    text = "Nummer KD-1234 an mia@example.org.\n" * 150
    hold = HoldBack(line(), ABOUT)
    for start in range(0, len(text), 97):
        hold.push(text[start : start + 97])
    hold.finish()
    assert hold.released == run_stages(text, line(), ABOUT).text
    assert all(len(held.text) < len(text) / 2 for held in hold._line)
