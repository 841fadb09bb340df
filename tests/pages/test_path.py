"""The learning path: units on real pages, noticed by evidence, asked from records, kept."""

import json
import re
from functools import cache

import pytest
import streamlit as st

from core.alignment.text.scoring import Score
from core.house import chain as house_chain
from core.house.limits import record
from core.jobs.programs import MEMORISING, ROLES, TRAINING
from core.learning.progress import NAME_OF_FILE, VERSION, Own, Progress
from core.limits.byheart.memorising import MemorisingSettings
from core.services import Services, use_services
from core.store import PERSON, Ballot, RunRecord, Store
from pages.inference.prompting import bench
from pages.inference.prompting.table import Cell
from pages.kit import site, state
from pages.kit.catalogue import words
from pages.path import checking, evidence, kept, listing, report
from pages.path.questions import Choice, Estimate, Order
from pages.path.unit import unit
from pages.path.units import GROUPS, ORDER, bias, byheart, learning

PAGE = "path/path.py"
AT = "2026-11-30T20:15:00+00:00"
T = words("en")
LANGS = ("de", "en")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    own = Services.of(Store.at(tmp_path_factory.mktemp("shipped")))
    house_chain.install(own.store)
    yield own
    own.writer.close()
    own.store.close()


@pytest.fixture
def with_shipped(services, shipped):
    """The models and records that really come with the app; every test is another visitor's."""
    with use_services(shipped):
        yield shipped


@cache
def found(name, lang):
    return unit(name).found(words(lang))


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def bar(app):
    mounted = [c for c in app.get("bidi_component") if "unit_bar" in c.proto.component_name]
    return json.loads(mounted[0].proto.json) if mounted else None


def owner_of(app):
    return app.session_state["_owner"]


def kept_of(services, app):
    return services.store.belongings.take_out(owner_of(app), kept.NAME)["units"]


def keep(services, app, progress):
    services.store.belongings.put_away(owner_of(app), kept.NAME, progress.to_dict())


def wrong_answers(check):
    """Every answer besides the right one, or those at the ends of an estimate."""
    if isinstance(check, Choice):
        return [name for name in check.options if name != check.right]
    if isinstance(check, Order):
        return [tuple(reversed(check.right)), (*check.right[1:], check.right[0])]
    far = [each for each in check.steps() if abs(each - check.measured) > check.tolerance + 1e-6]
    return [far[0], far[-1]]


def nearest(check):
    return min(check.steps(), key=lambda each: abs(each - check.measured))


# Units and their questions, on what is shipped


def test_every_unit_has_a_page_settings_that_exist_and_stands_in_one_group():
    assert len(ORDER) == len(set(ORDER)) and 12 <= len(ORDER) <= 16
    for name in ORDER:
        one = unit(name)
        assert one.name == name and 5 <= one.minutes <= 10
        assert not site.is_foreign(one.place, "text") or one.modality != "text"
        for key, value in one.settings.items():
            assert str(state.SETTINGS[key].admit(value)) == value, (name, key)
    assert set(GROUPS) <= set(site.BY_NAME)


@pytest.mark.parametrize(("lang", "n"), [("de", "Sechzehn"), ("en", "Sixteen")])
def test_the_number_of_units_is_said_as_it_is(lang, n):
    t = words(lang)
    assert len(ORDER) == 16 and t("path.answer").startswith(n)
    assert f" {len(ORDER)} " in t("home.evening")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ORDER)
def test_a_units_right_answers_follow_from_records_and_the_others_are_wrong(name, lang):
    t, seen = words(lang), found(name, lang)
    assert seen is not None and seen.surprise and seen.badge
    assert len(seen.checks) == len(seen.asked) == 2, "a question has no right answer"
    assert len({check.key for check in seen.checks}) == 2
    for check in seen.checks:
        right = nearest(check) if isinstance(check, Estimate) else check.right
        assert checking.marked(check, right, t) is None
        for wrong in wrong_answers(check):
            assert checking.marked(check, wrong, t)
        for key, value in check.see.settings.items():
            assert str(state.SETTINGS[key].admit(value)) == value, (name, key)
        assert check.see.place in site.BY_NAME
        assert any(sign.isdigit() for sign in check.feedback) or name == "words"


@pytest.mark.parametrize("name", ORDER)
def test_no_surprise_tells_what_is_then_to_be_estimated(name):
    seen = found(name, "en")
    for check in seen.checks:
        if isinstance(check, Estimate):
            figure = re.escape(check.written(check.measured))
            told = re.compile(rf"(?<![\d.,]){figure}(?!\d|[.,]\d)")
            assert not any(told.search(each) for each in seen.surprise)


def test_another_record_changes_what_is_right(monkeypatch, tmp_path):
    made = house_chain.examined()
    rates = {kind: {**one} for kind, one in made["rates"].items()}
    rates["aligned"]["truthful"] = {"n": 1000, "n_kept": 100}
    rates["aligned"]["brief"] = {"n": 1000, "n_kept": 900}
    rates["aligned"]["polite"] = {"n": 1000, "n_kept": 600}
    monkeypatch.setattr("pages.path.units.preferring.examined", lambda: {**made, "rates": rates})
    estimate, claim = unit("preferring").found(T).checks
    assert estimate.measured == pytest.approx(60)
    assert claim.right == "brief"  # brief answers became more, and true ones fewer


def test_a_question_that_the_figures_leave_open_is_not_asked(monkeypatch):
    made = house_chain.examined()
    rates = {**made["rates"], "aligned": made["rates"]["tuned"]}
    monkeypatch.setattr("pages.path.units.preferring.examined", lambda: {**made, "rates": rates})
    seen = unit("preferring").found(T)
    assert len(seen.checks) == 2 and len(seen.asked) == 1


def test_without_shipped_records_a_unit_has_no_questions(monkeypatch, tmp_path):
    monkeypatch.setattr(house_chain, "SHIPPED", tmp_path)
    monkeypatch.setattr(record, "SHIPPED", tmp_path)
    assert all(unit(name).found(T) is None for name in ORDER if name != "pictures")


# Evidence: each kind of it, produced on the page or in the store

GUESSED = {  # unit -> page, and how the key of its prediction begins
    "tokens": ("1_data.py", "word"),
    "heads": ("2_architecture.py", "previous_"),
    "checking": ("6_postprocessing.py", "cards_"),
    "confident": ("limits/confident/confident.py", "confident_sure"),
    "lookup": ("limits/lookup/lookup.py", "lookup_given"),
    "scale": ("architecture/scale/scale.py", "scale_machine"),
}


def test_a_guess_that_was_revealed_is_noticed_on_the_page_itself(with_shipped, open_page):
    for name, (page, key) in GUESSED.items():
        app = open_page(page, lang="en", unit=name)
        assert not app.exception and bar(app)["done"] is False
        assert bar(app)["text"] == str(unit(name).says(T).task)
        field = next(each for each in app.radio if (each.key or "").startswith(f"guess_{key}"))
        field.set_value(field.options[0]).run()
        app.button(key=field.key.replace("guess_", "reveal_")).click().run(timeout=60)
        assert not app.exception and bar(app)["done"] is True, name
        own = kept_of(with_shipped, app)[name]["own"]
        assert own["said"] and own["figures"]["right"] in (0.0, 1.0) and own["lang"] == "en"


def test_the_other_predictions_that_units_wait_for_are_asked_on_their_pages(
    with_shipped, open_page
):
    for page, key in (("5_inference.py", "same_"), ("4_alignment.py", "invent_")):
        app = open_page(page, lang="en")
        assert any((each.key or "").startswith(f"guess_{key}") for each in app.radio), key
    app = open_page("5_inference.py", lang="en", modality="pictures")
    assert any((each.key or "").startswith("guess_guided_") for each in app.radio)


def test_a_setting_that_was_moved_far_enough_is_noticed(services, open_page):
    app = open_page("1_data.py", lang="en", unit="duplicates", world_duplicates="0.5")
    assert bar(app)["done"] is False
    app.select_slider(key="world_duplicates").set_value(1.2).run()
    assert bar(app)["done"] is True
    assert kept_of(services, app)["duplicates"]["own"]["figures"] == {"world_duplicates": 1.2}


def test_a_run_is_noticed_as_soon_as_it_has_measured_enough(services, open_page):
    app = open_page("3_training.py", lang="en", unit="learning")
    run = RunRecord("r1", owner_of(app), TRAINING, {}, status="stopped")
    services.store.runs.start(run)
    rows = [
        {"kind": "evaluation", "step": step, "validation_bits_per_byte": bits}
        for step, bits in ((0, 2.75), (12, 2.5), (24, 2.0), (36, 1.75), (48, 1.5))
    ]
    services.store.runs.append(run.id, rows[:-1])
    assert bar(app.run())["done"] is False  # it has not learned enough to see anything
    services.store.runs.append(run.id, rows[-1:])
    assert bar(app.run())["done"] is True
    figures = kept_of(services, app)["learning"]["own"]["figures"]
    assert figures == {"first": 2.75, "last": 1.5, "step": 48.0}


def test_a_run_about_limits_is_noticed_at_its_end(services, open_page):
    app = open_page("limits/byheart/byheart.py", lang="en", unit="byheart")
    settings = MemorisingSettings(n_steps_each=8).to_dict()
    run = RunRecord("r2", owner_of(app), MEMORISING, settings, status="paused")
    services.store.runs.start(run)
    rows = record.read("memorising")["rows"]
    told = [row for row in rows if (row["lane"], row["lang"]) == ("told", "en")]
    services.store.runs.append(run.id, [{"kind": "asked", **row} for row in told])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "owner", lambda: owner_of(app))
        assert unit("byheart").evidence() is None
        services.store.runs.update(run.id, status="finished")
        assert unit("byheart").evidence().figures["often"] > 0.5


def test_runs_about_limits_are_read_as_their_pages_read_them():
    shipped = record.read("memorising")["rows"]
    rows = [row for row in shipped if (row["lane"], row["lang"]) == ("told", "en")]
    assert byheart.told([]) == {} == bias.skewed([])
    assert 0 <= byheart.told(rows)["once"] <= byheart.told(rows)["often"] <= 1
    asked = record.read("bias")["rows"]["en"]
    some = [row for row in asked if (row["lane"], row["skew"]) == ("none", 0.7)]
    figures = bias.skewed(some)
    assert figures["texts"] == 0.7 and figures["greedy"] > figures["plain"]
    assert {unit("byheart").place, unit("bias").place} == {"byheart", "bias"}
    assert (MEMORISING, ROLES) == ("memorising", "roles")
    assert learning.surprise_so_far([{"step": 0, "validation_bits_per_byte": 2.0}]) == {}


def test_clicks_are_counted_from_the_fifth_on(with_shipped, open_page):
    app = open_page("alignment/preferring/preferring.py", lang="en", unit="preferring")
    owner = owner_of(app)
    model = next(each for each in house_chain.house_artifacts() if each.kind == "checkpoint")
    for n in range(5):
        assert bar(app.run())["done"] is False
        choice = Ballot(f"k{n}", model.id, "?", "a long answer", "short", "a", "en", PERSON)
        with_shipped.store.ballots.cast(owner, [choice])
    assert bar(app.run())["done"] is True
    figures = kept_of(with_shipped, app)["preferring"]["own"]["figures"]
    assert figures == {"n": 5, "n_decided": 5, "n_longer": 5}
    assert any("5 of 5" in each for each in unit("preferring").own(Own(AT, "en", "", figures), T))


def test_a_token_of_ones_own_choice_is_noticed_and_a_drawn_one_is_not(with_shipped, open_page):
    app = open_page("inference/choosing/choosing.py", lang="en", unit="choosing")
    mounted = next(c for c in app.get("bidi_component") if "choice" in c.proto.component_name)
    after = json.loads(mounted.proto.json)["id"]
    for how, done in (("drawn", False), ("forced", True)):
        app.session_state["_choosing_asked"] = {
            "kind": "take", "token": 300, "how": how, "after": after
        }  # fmt: skip
        app.run()  # takes it; the bar above has looked before, and looks again
        assert bar(app.run())["done"] is done
        mounted = next(c for c in app.get("bidi_component") if "choice" in c.proto.component_name)
        after = json.loads(mounted.proto.json)["id"]
    assert kept_of(with_shipped, app)["choosing"]["own"]["figures"]["bits"] > 0


def bench_of(n_right, guess, n=30):
    """A bench on which each prompt was right so often, of n answers."""
    run = bench.Run(guess)
    for prompt, hits in enumerate(n_right):
        for draw in range(n):
            verdict = "right" if draw < hits else "wrong"
            run.answers[prompt, draw, 0] = Cell("…", Score(verdict, True, False))
    return run


def test_prompts_that_were_compared_after_a_guess_are_noticed(services, open_page):
    app = open_page("inference/prompting/prompting.py", lang="en", unit="prompting")
    assert not app.exception and bar(app)["done"] is False
    many = [27, 12, 26, 25, 3, 0, 24]
    few = bench_of([1] * 7, "none", n=29)
    unguessed = bench_of(many, "")
    for key, run in (("few", few), ("unguessed", unguessed)):
        app.session_state["_prompting_bench"] = {key: run}
        assert bar(app.run())["done"] is False, key
    app.session_state["_prompting_bench"] = {"all": bench_of(many, "one")}
    assert bar(app.run())["done"] is True
    figures = kept_of(services, app)["prompting"]["own"]["figures"]
    assert figures["n"] == 30 and figures["right"] == 1.0  # one example is as good as none
    assert figures["none"] == pytest.approx(0.9) and figures["steps"] == 0.0
    (sentence,) = unit("prompting").own(Own(AT, "en", "", figures), T)
    assert "30 answers" in sentence and "instruction 40%" in sentence


# The page of the path: open, answer, see, answer again


def test_the_page_lists_every_unit_and_says_where_to_begin(services, open_page):
    for lang in LANGS:
        t, app = words(lang), open_page(PAGE, lang=lang)
        assert not app.exception and app.title[0].value == t("path.question")
        labels = [each.proto.label for each in app.get("page_link")]
        for n, name in enumerate(ORDER, start=1):
            assert any(f"{n} · {unit(name).says(t).question}" == each for each in labels)
        assert str(t("path.begin")) in labels
        assert said(app).count(f"<b>{t('path.open')}</b>") == len(ORDER)
        assert t("path.no_cookie") in said(app)  # a test has none


def test_nothing_is_told_or_asked_before_something_was_done(with_shipped, open_page):
    for name in ORDER:
        app = open_page(PAGE, lang="en", unit=name)
        assert not app.exception and str(unit(name).says(T).question) in said(app).replace(
            "&#x27;", "'"
        )
        assert T("path.surprise") not in said(app) and T("path.checks") not in said(app)
        assert app.button(key="path_to_page").label.startswith("To the page")


def done(services, open_page, name, lang="en", own=None):
    """The unit on the path, its task already done."""
    app = open_page(PAGE, lang=lang, unit=name)
    keep(services, app, Progress().measured(name, own or Own(AT, lang, "1 < 2", {"right": 1.0})))
    return app.run()


def test_a_wrong_answer_leads_to_where_one_can_see_it_and_may_be_tried_again(
    with_shipped, open_page
):
    app = done(with_shipped, open_page, "choosing")
    assert T("path.surprise") in said(app)
    check = found("choosing", "en").checks[0]
    key = f"choosing_{check.key}"
    app.select_slider(key=f"guess_{key}").set_value(200.0).run()
    app.button(key=f"check_{key}").click().run()
    assert T("path.too_high") in said(app) and str(check.feedback) not in said(app)
    app.select_slider(key=f"guess_{key}").set_value(150.0).run()
    app.button(key=f"check_{key}").click().run()
    assert str(check.feedback) in said(app)  # after the second wrong answer it is told
    app.select_slider(key=f"guess_{key}").set_value(nearest(check)).run()
    app.button(key=f"check_{key}").click().run()
    assert T("path.right_later", n="3") in said(app)
    answer = kept_of(with_shipped, app)["choosing"]["checks"][check.key]
    assert answer["n_tries"] == 3 and answer["right_at"]
    order = found("choosing", "en").checks[1]
    app.button(key=f"check_choosing_{order.key}").click().run()
    assert T("path.unanswered") in said(app)
    for n, name in enumerate(reversed(order.right)):
        app.selectbox(key=f"place_choosing_{order.key}_{n}").set_value(name).run()
    app.button(key=f"check_choosing_{order.key}").click().run()
    assert T("path.not_in_order") in said(app)
    app.button(key=f"see_choosing_{order.key}").click().run()
    assert not app.exception
    assert app.query_params["temperature"] == "2.0" and app.query_params["unit"] == "choosing"


def test_the_explanation_that_is_refuted_is_looked_for(with_shipped, open_page):
    app = done(with_shipped, open_page, "byheart", own=Own(AT, figures={"once": 0, "often": 1}))
    key = "byheart_wrong"
    app.radio(key=f"choice_{key}").set_value("once").run()
    app.button(key=f"check_{key}").click().run()
    assert T("path.holds") in said(app)
    app.radio(key=f"choice_{key}").set_value("exact").run()
    app.button(key=f"check_{key}").click().run()
    assert T("path.right_later", n="2") in said(app)
    assert "0%" in said(app) and "100%" in said(app)  # the visitor's own models


def test_the_bar_stands_on_every_page_but_that_of_the_path_and_never_with_the_tour(
    services, open_page
):
    assert bar(open_page(PAGE, lang="en", unit="tokens")) is None
    assert bar(open_page("1_data.py", lang="en")) is None
    assert bar(open_page("1_data.py", lang="en", unit="nonsense")) is None
    assert bar(open_page("1_data.py", lang="en", unit="tokens", tour="True")) is None
    elsewhere = open_page("glossary/glossary.py", lang="en", unit="tokens")
    assert bar(elsewhere)["text"] and elsewhere.button(key="unit_there")
    elsewhere.button(key="unit_end").click().run()
    assert "unit" not in elsewhere.query_params


def test_under_watch_the_bar_offers_to_try(services, open_page):
    app = open_page("1_data.py", lang="en", unit="tokens", depth="watch")
    assert bar(app)["text"] == str(T("path.bar_watch", watch=T("shell.watch")))
    app.button(key="unit_try").click().run()
    assert app.session_state["depth"] == "try"


def test_the_tour_takes_the_place_of_an_open_unit(with_shipped, open_page):
    app = open_page(lang="en", unit="tokens")
    app.button(key="home_watch").click().run()
    assert "unit" not in app.query_params and app.session_state["tour"] is True


def test_another_language_in_the_middle_of_a_unit_loses_nothing(with_shipped, open_page):
    app = done(with_shipped, open_page, "tokens")
    check = found("tokens", "en").checks[1]
    app.radio(key="choice_tokens_wrong").set_value(check.right).run()
    app.button(key="check_tokens_wrong").click().run()
    app.segmented_control(key="lang").set_value("de").run()
    t = words("de")
    assert not app.exception and t("path.right_first") in said(app)
    assert 'lang="en">1 &lt; 2' in said(app)  # what the page said, in the language it said it


def test_without_shipped_models_the_page_and_every_unit_say_so(
    services, open_page, monkeypatch, tmp_path
):
    monkeypatch.setattr(house_chain, "SHIPPED", tmp_path)
    monkeypatch.setattr(record, "SHIPPED", tmp_path)
    app = open_page(PAGE, lang="en")
    assert not app.exception and T("path.no_house") in said(app)
    app = done(services, open_page, "tokens")
    assert not app.exception and T("path.not_measured") in said(app)


# Progress: two tabs, deleting, files, the sheet


def test_two_tabs_lose_nothing_of_each_other(services, open_page):
    one, two = open_page(PAGE, lang="en"), open_page(PAGE, lang="en")
    two.session_state["_owner"] = owner_of(one)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "owner", lambda: owner_of(one))
        kept.changed(lambda before: before.measured("tokens", Own(AT)))
        kept.changed(lambda before: before.measured("heads", Own(AT)))
        kept.answer("tokens", "wrong", True)
    assert set(kept_of(services, one)) == {"tokens", "heads"}
    assert said(two.run()).count(f"<b>{T('path.measured')}</b>") == 2


def test_progress_is_deleted_only_after_a_question(services, open_page):
    app = open_page(PAGE, lang="en")
    keep(services, app, Progress().measured("tokens", Own(AT)))
    app.button(key="path_reset").click().run()
    assert T("path.reset_question") in said(app)
    app.button(key="path_reset_no").click().run()
    assert kept_of(services, app)
    app.button(key="path_reset").click().run()
    app.button(key="path_reset_yes").click().run()
    assert kept_of(services, app) == {} and T("path.reset_done") in said(app)
    assert T("path.begin") in [each.proto.label for each in app.get("page_link")]


def test_deleting_in_the_middle_of_a_unit_begins_it_anew(with_shipped, open_page):
    app = done(with_shipped, open_page, "bias", own=Own(AT))
    keep(with_shipped, app, Progress())  # another tab deleted it
    app.button(key="check_bias_temperatures").click().run()
    assert not app.exception and T("path.surprise") not in said(app)


def file_of(units, **others):
    return json.dumps({"format": NAME_OF_FILE, "version": VERSION, "units": units} | others)


@pytest.mark.parametrize(
    ("file", "error"),
    [
        ("nonsense", "no_progress"),
        ('{"format": "glassbox-path"}', "no_progress"),
        (file_of({}, version=VERSION + 1), "newer_progress"),
        ('{"x": "' + "y" * 300_000 + '"}', "too_large"),
    ],
)
def test_a_file_that_is_none_changes_nothing_and_is_refused_in_words(
    services, open_page, file, error
):
    app = open_page(PAGE, lang="en")
    keep(services, app, Progress().measured("tokens", Own(AT)))
    app.file_uploader[0].upload("x.json", file.encode(), "application/json").run()
    assert not app.exception and 'role="alert"' in said(app)
    assert str(T(f"error.{error}", **dict.fromkeys(T.placeholders(f"error.{error}"), "")))[:12] in (
        said(app)
    )
    assert set(kept_of(services, app)) == {"tokens"}


def test_an_imported_file_is_added_and_its_measurements_are_marked(services, open_page):
    app = open_page(PAGE, lang="en")
    keep(services, app, Progress().answered("tokens", "wrong", True, AT))
    own = {"at": AT, "lang": "en", "said": "<img src=x>", "figures": {"right": 1}}
    file = file_of({"heads": {"own": own, "checks": {}}, "of_tomorrow": {"checks": {}}})
    app.file_uploader[0].upload("x.json", file.encode(), "application/json").run()
    assert T("path.imported", n="1") in said(app)
    assert set(kept_of(services, app)) == {"tokens", "heads"}
    assert kept_of(services, app)["heads"]["own"]["from_file"] is True
    shown = said(open_page_again(app, "heads"))
    assert "<img" not in shown and "&lt;img src=x&gt;" in shown and T("path.from_file") in shown


def open_page_again(app, name):
    app.query_params["unit"] = name
    return app.run()


@pytest.mark.parametrize("lang", LANGS)
def test_the_sheet_tells_what_was_measured_when_and_at_which_try(lang):
    t, right = words(lang), found("byheart", lang).checks
    progress = Progress().measured("byheart", Own(AT, figures={"once": 0.0, "often": 0.875}))
    for n_wrong, check in enumerate(right):
        for _ in range(n_wrong):
            progress = progress.answered("byheart", check.key, False, AT)
        progress = progress.answered("byheart", check.key, True, AT)
    st.session_state.clear()
    page = report.html(progress, "Ada <b>", t)
    assert f'<html lang="{lang}">' in page and "Ada &lt;b&gt;" in page and "<script" not in page
    assert "size: A4" in page and "http" not in page and "src=" not in page
    for text in ("sheet_first", "sheet_second", "sheet_own", "sheet_shipped"):
        assert t(f"path.{text}") in page
    assert ("88\u202f%" if lang == "de" else "88%") in page  # the visitor's own figure
    assert "python -m core house --limits memorising" in page
    assert page.count("<section>") == 2  # the unit, and all that were not measured yet
    assert listing.stages(progress)["byheart"] == "complete"


def test_a_name_is_on_the_sheet_only_if_somebody_typed_one():
    assert "<b>" not in report.html(Progress(), "  ", T).split("</h1>")[1].split("<ul>")[0]


def test_evidence_of_nothing_is_none():
    st.session_state.clear()
    assert evidence.prediction("word")() is None and evidence.forced_token() is None
