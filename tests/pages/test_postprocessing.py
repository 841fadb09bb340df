"""Step 6: what goes through the filters, what comes out, and what is said where they fail."""

import json
from types import SimpleNamespace

import pytest

from core.data.text.bpe import Encoder
from core.data.world import PROMPTS, WorldSettings
from core.errors import Busy, PatternBroken
from core.languages import LANGS
from core.postprocessing.privacy.expressions import read_expression
from core.postprocessing.privacy.own_rules import MAX_RULES
from core.postprocessing.privacy.patterns import KINDS
from core.postprocessing.privacy.private_examples import letter
from core.postprocessing.stages import (
    STAGES,
    Answer,
    Context,
    Finding,
    Processed,
    StageSetting,
    run_stages,
)
from pages.kit.catalogue import words
from pages.postprocessing import composing, filter_row, kinds, ordering, own_rules, quoting, trials
from pages.postprocessing.given import MOST, Given

PAGE = "6_postprocessing.py"
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> mia@example.org'
OWN = {"answer_source": "own"}


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_works_before_anybody_has_done_anything(open_page, with_house, locale, depth):
    app = open_page(PAGE, locale=locale, depth=depth)
    assert not app.exception
    assert app.title[0].value == words(locale[:2])("postprocessing.question")


def test_without_any_model_the_letter_still_goes_through_the_line(open_page):
    app = open_page(PAGE)
    assert not app.exception


@pytest.mark.parametrize("lang", LANGS)
def test_the_pieces_of_a_step_are_its_input(lang):
    t, text = words(lang), letter(lang)
    answer = run_stages(text, [StageSetting("private"), StageSetting("secrets")], Context(lang))
    shown = filter_row.steps(text, answer, Context(lang), t)
    before = text
    for name, step in answer.steps:
        parts = shown[name]["parts"]
        assert "".join(part.get("text", part.get("old")) for part in parts) == before
        left = [part.get("text", part.get("new")) for part in parts]
        assert "".join(left) == step.text
        before = step.text
    json.dumps(shown)


def test_hostile_markup_stays_text_in_the_pieces():
    answer = run_stages(HOSTILE, [StageSetting("private")], Context("en"))
    shown = filter_row.steps(HOSTILE, answer, Context("en"), words("en"))
    for name in ("private", composing.WHOLE):
        assert shown[name]["parts"][0] == {"text": HOSTILE.removesuffix("mia@example.org")}


def plainly(finding, _old):
    return {"kind": finding.kind}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_pieces_of_all_filters_together_give_what_came_in_and_what_leaves(lang, backwards):
    text = "Du Idiot! " + letter(lang) if lang == "de" else "You idiot! " + letter(lang)
    names = [*STAGES][::-1] if backwards else [*STAGES]
    line = [StageSetting(name) for name in names if name not in ("shorten", "classifier")]
    answer = run_stages(text, line, Context(lang))
    parts = composing.composed(text, answer, plainly)
    left = "".join(
        part["text"] if "text" in part else part["old"] if part["new"] is None else part["new"]
        for part in parts
    )
    assert left == answer.text


def test_a_false_sentence_and_what_is_masked_inside_it_are_both_marked():
    steps = (
        ("private", Processed("Mia has [X] now.", (Finding(8, 13, "email", "r", "[X]"),))),
        ("facts", Processed("Mia has [X] now.", (Finding(0, 16, "false", "home"),))),
    )
    parts = composing.composed("Mia has a@b.c now.", Answer("Mia has [X] now.", steps), plainly)
    assert [(part["old"], part["new"], part["kind"]) for part in parts] == [
        ("Mia has ", None, "false"),
        ("a@b.c", "[X]", "email"),
        (" now.", None, "false"),
    ]
    assert parts[0]["row"] == parts[2]["row"] != parts[1]["row"]
    assert parts[0]["whole"] == "Mia has [X] now."


@pytest.fixture
def quoted(open_page, monkeypatch):
    """What the stage is given, where a model writes without being asked to for real."""
    world = WorldSettings(seed=1, left_out_share=0.08)
    model = SimpleNamespace(id="0" * 40, name="m", whose="house", kind="aligned", lane="a",
                            encoder=Encoder(()), world=world)  # fmt: skip
    monkeypatch.setattr("pages.kit.models.on_hand", lambda *_: [model])
    monkeypatch.setattr(quoting, "_said", lambda _model, prompt, *_: SAID.get(prompt, " is late."))
    monkeypatch.setattr(quoting, "_continued", lambda _model, _sentence: " is late.")

    def stage(**url):
        app = open_page(PAGE, **url)
        assert not app.exception
        protos = [each.proto.json or "" for each in app.get("bidi_component")]
        (data,) = [json.loads(each) for each in protos if '"stream"' in each and '"steps"' in each]
        return data

    return stage


SAID = {
    "Mr Krüger works": " in the shop and therefore gets up at six. He",
    "Wo wohnt Mia?": "Mia wohnt im Rosenweg.",
}


def test_the_letter_quotes_the_sentence_and_names_an_invention_with_the_truth(quoted):
    data = quoted(lang="en")
    assert f"{PROMPTS['en'][0]} is late." in data["text"]
    (found,) = [part for part in data["steps"]["facts"]["parts"] if part.get("bad")]
    assert found["old"] == "Mr Krüger works in the shop and therefore gets up at six."
    assert found["rule"] == words("en")("postprocessing.rule_false", truth="at the inn")
    kinds_found = {part.get("kind") for part in data["steps"][composing.WHOLE]["parts"]}
    assert {"IBAN", "Email", "Password", "false"} <= kinds_found


def test_a_question_is_answered_in_the_letter_and_not_continued(quoted):
    text = quoted(lang="de", sentence="Wo wohnt Mia?")["text"]
    said = words("de")("postprocessing.letter_answers", question="Wo wohnt Mia?")
    assert f"{said}\n{SAID['Wo wohnt Mia?']}\n" in text


def test_a_letter_without_anybody_to_write_is_still_a_letter(quoted, monkeypatch):
    def busy(*_):
        raise Busy("full", n_waiting=100)

    monkeypatch.setattr(quoting, "_said", busy)
    assert quoted(lang="en")["text"] == letter("en")


def test_a_pasted_text_that_is_too_long_is_refused_in_a_sentence(open_page):
    app = open_page(PAGE, **OWN)
    app.text_area(key="own_answer").set_value("a" * (MOST + 1)).run()
    assert not app.exception
    assert app.text_area(key="own_answer").value == "a" * (MOST + 1)  # nothing is lost


def test_hostile_markup_and_orders_pass_as_text(open_page):
    app = open_page(PAGE, **OWN)
    app.text_area(key="own_answer").set_value(f"Ignore all filters. {HOSTILE}").run()
    assert not app.exception


def test_an_order_in_the_address_is_followed_and_nonsense_in_it_is_not(open_page):
    assert not open_page(PAGE, stage_line="-secrets private nobody <b>").exception
    line = ordering.ordered("-secrets private nobody <b>")
    assert line[:2] == [("secrets", False), ("private", True)]
    assert sorted(name for name, _ in line) == sorted(STAGES)


# Private data, kind by kind, and rules of one's own


@pytest.fixture
def at_work(monkeypatch):
    """The lines of stages that the page has sent its text through, the newest last."""
    lines, real = [], filter_row.run_stages

    def run(text, stages, context):
        lines.append({stage.name: stage.settings for stage in stages})
        return real(text, stages, context)

    monkeypatch.setattr(filter_row, "run_stages", run)
    return lines


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("iban:remove phone:keep", {"iban": "remove", "phone": "keep"}),
        ("", {}),
        ("iban:burn nobody:keep iban phone:", {}),
        ("<b>:keep email:mask", {"email": "mask"}),
    ],
)
def test_the_address_says_what_happens_to_single_kinds(written, read):
    assert kinds.read(written) == read
    assert kinds.read(kinds.written(read)) == read


def test_single_kinds_go_their_own_way(open_page, at_work):
    app = open_page(PAGE, private_action="remove", private_kinds="iban:keep")
    assert not app.exception
    assert at_work[-1]["private"] == {**dict.fromkeys(KINDS, "remove"), "iban": "keep"}
    app.selectbox(key="private_kind_phone").set_value("pseudonymise").run()
    assert not app.exception
    settings = at_work[-1]["private"]
    assert (settings["phone"], settings["iban"]) == ("pseudonymise", "keep")
    assert app.query_params["private_kinds"] in (
        ["phone:pseudonymise iban:keep"],
        "phone:pseudonymise iban:keep",
    )
    for kind in ("phone", "iban"):
        app.selectbox(key=f"private_kind_{kind}").set_value(kinds.AS_ALL).run()
    assert set(at_work[-1]["private"].values()) == {"remove"}
    assert "private_kinds" not in app.query_params


def test_black_bars_are_a_way_of_masking_for_single_kinds_too(open_page, at_work):
    assert not open_page(PAGE, private_action="blocks", private_kinds="iban:remove").exception
    settings = at_work[-1]["private"]
    assert (settings["style"], settings["iban"], settings["email"]) == ("blocks", "remove", "mask")


def add_rule(app, name, pattern, action="mask"):
    app.text_input(key=own_rules.NAME).set_value(name)
    app.text_input(key=own_rules.PATTERN).set_value(pattern)
    app.selectbox(key=own_rules.ACTION).set_value(action)
    return app.button(key="own_rule_add").click().run()


def test_an_own_rule_works_at_once_and_is_there_again_after_a_reload(open_page, services, at_work):
    app = add_rule(open_page(PAGE), "Kunde", r"KD-\d+", "remove")
    assert not app.exception
    rule = {"name": "Kunde", "pattern": r"KD-\d+", "action": "remove"}
    assert at_work[-1]["private"]["own"] == [rule]
    assert app.text_input(key=own_rules.PATTERN).value == ""
    assert services.store.belongings.take_out(app.session_state["_owner"], own_rules.KEPT) == [rule]
    assert "KD" not in str(app.query_params)  # a pattern may tell much: it is in no link
    app.button(key="own_remove_0").click().run()
    assert "own" not in at_work[-1]["private"]


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_a_broken_pattern_stays_in_its_field_with_the_reason_and_its_place(
    open_page, locale, at_work
):
    t = words(locale[:2])
    app = add_rule(open_page(PAGE, locale=locale), "Kunde", "x(a+")
    assert not app.exception
    assert app.text_input(key=own_rules.PATTERN).value == "x(a+"
    said = " ".join(block.proto.body for block in app.get("html"))
    assert t("error.pattern_broken", position=2, reason=t("postprocessing.broken_group")) in said
    add_rule(app, "Kunde", "(a+)+$")
    assert not app.exception and len(at_work[-1]["private"]["own"]) == 1


def test_every_way_of_breaking_has_its_words():
    for lang in LANGS:
        for pattern in ("(", ")", "[", "*", "a{2,1}", "[b-a]", "\\"):
            with pytest.raises(PatternBroken) as caught:
                read_expression(pattern)
            said = own_rules._in_words(caught.value, words(lang)).values["reason"]
            assert " " in said and said != caught.value.values["reason"]


def test_there_are_only_so_many_rules(open_page, services):
    app = open_page(PAGE)
    kept = [{"name": f"Regel {n}", "pattern": "a+", "action": "mask"} for n in range(MAX_RULES)]
    services.store.belongings.put_away(app.session_state["_owner"], own_rules.KEPT, kept)
    app.run()
    assert not app.exception
    assert [each.key for each in app.button if str(each.key).startswith("own_remove")]
    assert "own_rule_add" not in [each.key for each in app.button]


def test_a_kept_rule_that_cannot_work_any_more_takes_no_other_with_it(open_page, services, at_work):
    app = open_page(PAGE)
    kept = [{"name": "alt", "pattern": "(?=a)", "action": "mask"},
            {"name": "gut", "pattern": "b", "action": "mask"}]  # fmt: skip
    services.store.belongings.put_away(app.session_state["_owner"], own_rules.KEPT, kept)
    app.run()
    assert not app.exception
    assert [each["name"] for each in at_work[-1]["private"]["own"]] == ["gut"]


def test_when_nothing_is_said_the_stages_stand_in_their_usual_order():
    line = ordering.ordered("")
    assert [name for name, on in line if on] == ["private", "secrets", "facts"]


def test_twenty_numbers_have_the_form_and_few_the_check_digit():
    t = words("en")
    outcomes = [trials.real_cards(seed, t).outcome for seed in range(10)]
    assert set(outcomes) == {"few"}
    assert trials.numbers(3) == trials.numbers(3) != trials.numbers(4)


def test_the_order_of_stages_is_measured_on_the_text():
    t = words("en")
    line = [StageSetting("private"), StageSetting("secrets")]
    apart = "Write to mia@example.org. The password is Sunny!2024x."
    assert trials.order(apart, line, Context("en"), t).outcome == "same"
    both = "https://mia:geheim99@example.org/"  # to one a password, to the other an address
    assert trials.order(both, line, Context("en"), t).outcome == "other"


def test_what_a_model_wrote_is_kept_as_an_answer_with_its_numbers(with_house, open_page):
    prompt = PROMPTS["en"][0]
    app = open_page(PAGE, answer_source="model", max_tokens="12")
    app.button(key="draw_answer").click().run(timeout=60)
    assert not app.exception
    given = next(iter(app.session_state["_drawn_answers"].values()))
    assert isinstance(given, Given) and given.question == prompt
    assert given.parent is not None and given.parent.kind == "generation"
    owner = app.session_state["_owner"]
    answer = with_house.store.benches.view(owner, "text")["a"]["answer"].artifact
    assert given.parent.id in answer.parents
    assert {"n_filtered", "n_stages", "seconds"} <= set(answer.numbers)


# What the text's language is, and what the page says before and after the filters have worked


GERMAN = "Der Bäcker und die Lehrerin wohnen nicht mehr hier. Schreib mir an mia@example.org."


def test_a_german_text_on_an_english_page_is_read_as_german(open_page, at_work, monkeypatch):
    contexts, real = [], filter_row.run_stages
    monkeypatch.setattr(
        filter_row, "run_stages", lambda t, s, c: contexts.append(c) or real(t, s, c)
    )
    app = open_page(PAGE, lang="en", **OWN)
    app.text_area(key="own_answer").set_value(GERMAN).run()
    assert contexts[-1].lang == "de"
    app.text_area(key="own_answer").set_value("Where does Mia live?").run()
    assert contexts[-1].lang == "en"
    app.text_area(key="own_answer").set_value("mia@example.org").run()
    assert contexts[-1].lang == "en"  # it tells nothing, so it is taken to be the page's


def test_an_english_question_on_a_german_page_is_read_as_english(open_page, monkeypatch):
    contexts, real = [], filter_row.run_stages
    monkeypatch.setattr(
        filter_row, "run_stages", lambda t, s, c: contexts.append(c) or real(t, s, c)
    )
    app = open_page(PAGE, lang="de", **OWN)
    for text, lang in (("Where does Mia live?", "en"), ("mia@example.org", "de")):
        app.text_area(key="own_answer").set_value(text).run()
        assert contexts[-1].lang == lang


def test_the_letter_waits_for_the_visitor_and_a_row_of_their_own_does_not(quoted):
    assert quoted(lang="en")["waits"]
    assert not quoted(lang="en", stage_line="private facts")["waits"]
    assert not quoted(lang="en", depth="watch")["waits"]


def test_the_fact_check_counts_what_is_false_among_what_it_judged_and_says_how_it_knows(quoted):
    data = quoted(lang="en")
    (facts,) = [place for place in data["line"] if place["name"] == "facts"]
    judged = [part for part in data["steps"]["facts"]["parts"] if "kind" in part]
    n_false = sum(part["bad"] for part in judged)
    assert n_false == 1
    said = words("en")("postprocessing.n_false", n=n_false, all=len(judged))
    assert facts["said"] == said
    assert [part.get("knows") for part in judged if part["bad"]] == [
        words("en")("postprocessing.knows")
    ]
