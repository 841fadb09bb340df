"""Private data: how often the rules are right, that they are linear, and what matches become."""

import re
from pathlib import Path
from re import _parser  # the only way to look into a pattern

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.languages import LANGS
from core.postprocessing.privacy.patterns import KINDS, MAX_SPAN, rules
from core.postprocessing.privacy.private import ACTIONS, PrivateData, places
from core.postprocessing.privacy.private_examples import (
    examples,
    letter,
    read_examples,
    scores,
    unmarked,
)
from core.postprocessing.privacy.secrets import RULES
from core.postprocessing.stages import Context, replaced

WITH_CHECK_DIGIT = ("iban", "card", "tax_id")
ALL = {lang: examples(lang) for lang in LANGS}
FORMS = read_examples(Path(__file__).with_name("private_forms.toml"), "de")
UNSEEN = {lang: [each for each in ALL[lang] if not each.seen] for lang in LANGS}


def found(text):
    return [place[:3] for place in places(text)]


def test_a_mark_is_a_place_in_the_plain_text():
    assert unmarked("To ⟦email a@b.org⟧!") == ("To a@b.org!", ((3, 10, "email"),))


def test_there_are_enough_examples_and_as_many_look_alikes():
    for lang in LANGS:
        n_private = sum(len(each.private) for each in ALL[lang])
        assert n_private >= 100
        assert sum(not each.private for each in ALL[lang]) >= n_private
    assert {kind for lang in LANGS for e in ALL[lang] for *_, kind in e.private} == set(KINDS)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("part", ["unseen", "all"])
def test_the_rules_are_right_often_enough(lang, part):
    by_kind = scores({"unseen": UNSEEN, "all": ALL}[part][lang], found)
    for kind in KINDS:
        least = 0.95 if kind in (*WITH_CHECK_DIGIT, "email") else 0.9
        assert by_kind[kind].precision >= least, (kind, by_kind[kind])
        assert by_kind[kind].recall >= least, (kind, by_kind[kind])


def test_the_rules_find_the_forms_in_which_people_and_programs_write():
    assert sum(len(each.private) for each in FORMS) >= 120
    assert sum(not each.private for each in FORMS) >= 120
    by_kind = scores(FORMS, found)
    n_right = sum(score.n_right for score in by_kind.values())
    n_found = n_right + sum(score.n_wrong for score in by_kind.values())
    n_marked = n_right + sum(score.n_missed for score in by_kind.values())
    assert n_right / n_found >= 0.95
    assert n_right / n_marked >= 0.9
    for kind in KINDS:
        assert by_kind[kind].precision >= 0.9, (kind, by_kind[kind])
        assert by_kind[kind].recall >= 0.9, (kind, by_kind[kind])


@pytest.mark.parametrize(
    "marked",
    [
        "Visa ⟦card 4111 1111 1111 1111⟧ 12/28",
        "Visa ⟦card 4111 1111 1111 1111⟧ 123",
        "⟦card 4111 1111 1111 1111⟧ 1228",
        "Zeile 4111 1111 1111 1111 1111 1111",
        "⟦phone +41440000000⟧",
        "⟦phone +12125550123⟧",
        "⟦iban DE 89 3704 0044 0532 0130 00⟧",
        "Tel.: ⟦phone 01 234 56 78⟧",
        "⟦address Bahnhofstrasse 12, 8001 Zürich⟧",
        "Bergstraße 3 Kilometer, 2024 Besucher",
        "Steuer-ID 11123456786",
        "Bestellnummer 0171 3920012",
        "Telefonnummer zur Bestellung: ⟦phone 0171 3920012⟧",
        "Kunde Müller, Tel. ⟦phone 0171 3920012⟧",
        "Tel.-Nr.: ⟦phone 030 23125 025⟧",
    ],
)
def test_a_form_is_judged_by_what_it_is_not_by_what_stands_around_it(marked):
    text, private = unmarked(marked)
    assert tuple(found(text)) == private


def test_scores_count_a_place_only_if_it_is_exactly_right():
    case = ALL["en"][0]
    start, end, kind = case.private[0]
    shifted = scores([case], lambda text: [(start, end - 1, kind)])[kind]
    assert (shifted.n_right, shifted.n_wrong, shifted.n_missed) == (0, 1, 1)


@pytest.mark.parametrize("rule", [*rules(), *RULES], ids=lambda rule: rule.name)
def test_no_rule_repeats_without_a_limit(rule):
    def repeats(tree):
        for code, argument in tree:
            if code in (_parser.MAX_REPEAT, _parser.MIN_REPEAT):
                yield argument[1]
                yield from repeats(argument[2])
            elif isinstance(argument, tuple):
                for each in argument:
                    if isinstance(each, _parser.SubPattern):
                        yield from repeats(each)
                    elif isinstance(each, list):
                        for branch in each:
                            yield from repeats(branch)

    tree = _parser.parse(rule.pattern.pattern, rule.pattern.flags & ~re.UNICODE)
    assert all(most is not _parser.MAXREPEAT for most in repeats(tree))
    assert tree.getwidth()[1] <= max(rule.longest, MAX_SPAN) * 3


@pytest.mark.parametrize("rule", [*rules(), *RULES], ids=lambda rule: rule.name)
@pytest.mark.parametrize(
    "unit", ["a", "1", "1 ", "a.", "A-", "0", "+", "Am ", "Aa ", "@", "a@", "-----BEGIN ", "1-"]
)
def test_hostile_text_does_not_make_a_rule_run_away(rule, unit):
    pattern = regex.compile(rule.pattern.pattern, int(rule.pattern.flags))
    text = (unit * 50_000)[:50_000]
    list(pattern.finditer(text, timeout=20))  # raises TimeoutError if matching blows up


def test_two_numbers_of_one_form_differ_by_their_check_digit():
    assert [place[2] for place in places("4111 1111 1111 1111 and 4111 1111 1111 1112")] == ["card"]


def test_an_account_number_with_a_slip_is_no_telephone_number():
    assert places("DE89 3704 0044 0532 0130 01") == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("action", [a for a in ACTIONS if a != "keep"])
def test_nothing_private_is_left_of_the_letter(lang, action):
    stage = PrivateData(dict.fromkeys(KINDS, action))
    text = letter(lang)
    done = stage.apply(text, Context(lang))
    assert done.text == replaced(text, done.findings)
    for start, end, *_ in places(text):
        assert text[start:end] not in done.text


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_kept_is_found_all_the_same(lang):
    text = letter(lang)
    kept = PrivateData(dict.fromkeys(KINDS, "keep")).apply(text, Context(lang))
    masked = PrivateData({}).apply(text, Context(lang))
    assert kept.text == text
    assert [f.rule for f in kept.findings] == [f.rule for f in masked.findings]


def test_a_stand_in_is_the_same_throughout_a_conversation_and_another_in_the_next():
    stage = PrivateData(dict.fromkeys(KINDS, "pseudonymise"))
    one, two = Context("en", conversation="one"), Context("en", conversation="two")
    first = stage.apply("mia@example.org wrote. mia@example.org called.", one).text
    assert first.split()[0] == first.split()[2] != "mia@example.org"
    assert stage.apply("From mia@example.org", one).text.endswith(first.split()[0])
    assert not stage.apply("From mia@example.org", two).text.endswith(first.split()[0])


def test_a_stand_in_keeps_the_form():
    stage = PrivateData(dict.fromkeys(KINDS, "pseudonymise"))
    text = stage.apply("Card 4242-4242-4242-4242 is mine.", Context("en")).text
    assert re.fullmatch(r"Card \d{4}-\d{4}-\d{4}-\d{4} is mine\.", text)
    assert [place[2] for place in places(text)] == ["card"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Rufen Sie mich an: 030 23125 025. Danke.", "Rufen Sie mich an. Danke."),
        ("Ich heiße Clara, clara@example.org, und suche.", "Ich heiße Clara und suche."),
        ("Fragen? (info@example.org) Gern.", "Fragen? Gern."),
        ("Es regnet. Meine Nummer ist 030 23125 025. Bis bald.", "Es regnet. Bis bald."),
        ("Zwei: a@example.org und b@example.org. Ende.", "Ende."),
    ],
)
def test_what_is_removed_leaves_sentences_that_read_well(text, left):
    stage = PrivateData(dict.fromkeys(KINDS, "remove"))
    assert stage.apply(text, Context("de")).text == left


def test_an_unknown_action_is_refused():
    with pytest.raises(SettingError):
        PrivateData({"email": "burn"})


@given(st.text(alphabet="aA1 0.@+-/(),\nDEÄß", max_size=120))
def test_places_are_in_order_and_apart_whatever_the_text(text):
    ends = 0
    for start, end, kind, _ in places(text):
        assert ends <= start < end <= len(text) and kind in KINDS
        ends = end
