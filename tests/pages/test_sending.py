"""The sending station: the code it shows is the call it makes, and the trail is really checked."""

import ast
import json
import re
import shlex
from types import SimpleNamespace

import pytest

from core.data.text.bpe import Encoder
from core.data.world import PROMPTS
from core.postprocessing.sending.answers import Origin, Prices, sealed
from core.postprocessing.sending.audit import NO_ENTRY, head_of, verify
from core.postprocessing.stages import Answer, Context, StageSetting, run_stages
from core.services import use_services
from core.store import HOUSE, Usage
from pages.kit.catalogue import words
from pages.postprocessing.form import schema
from pages.postprocessing.sending import call, envelope, mailbox, webhook

HOSTILE = """</script><img src=x onerror="alert(1)"> ' " \\ ${1+1} `x` $(id)"""
BASE = "http://127.0.0.1:8501/v1"
BODY = {
    "model": "glassbox-example",
    "messages": [{"role": "user", "content": HOSTILE}],
    "seed": 7,
    "glassbox": {"stages": "default", "quote": True},
}
N_CONTEXT = 300  # tokens; here a token is a byte
IBAN = "DE02 1203 0000 0000 2020 51"


def an_envelope(text: str = f"Meine IBAN ist {IBAN}."):
    answer = run_stages(text, [StageSetting("private")], Context("de"))
    origin = Origin("glassbox-example", "f" * 40, "aligned")
    return sealed(answer, text, origin=origin, lang="de", n_in=9, n_out=4, model_s=0.5,
                  prices=Prices())  # fmt: skip


def keep(services, owner, **changed):
    said = {**an_envelope().to_dict(), **changed}
    services.store.outbox.keep(owner, said, Usage(n_answers=1, n_out=4, n_findings=1))
    return said


def shown(app):
    return " ".join(block.proto.body for block in app.get("html"))


def test_the_terminals_line_says_exactly_the_body():
    parts = shlex.split(call.curl(BASE, BODY, "key").replace("\\\n", " "))
    assert json.loads(parts[parts.index("-d") + 1]) == BODY
    assert "Authorization: Bearer key" in parts


def test_the_python_lines_are_python_and_say_exactly_the_body():
    tree = ast.parse(call.python(BASE, BODY))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    created = next(each for each in calls if ast.unparse(each.func).endswith("create"))
    said = {each.arg: ast.literal_eval(each.value) for each in created.keywords}
    extra = said.pop("extra_body")
    assert said | extra == BODY


def test_the_javascript_lines_say_exactly_the_body():
    lines = call.javascript(BASE, BODY)
    said = re.search(r"JSON\.stringify\((\{.*\})\),", lines, re.DOTALL)
    assert json.loads(said[1]) == BODY
    assert "</script>" not in lines


@pytest.mark.parametrize(
    ("how", "broken"), [("none", None), ("number", 1), ("dropped", 1), ("anew", 3)]
)
def test_what_a_forger_does_is_found_where_he_did_it(how, broken):
    whole = an_envelope()
    entries = envelope.tampered(list(whole.audit), how)
    assert verify(entries, whole.head) == broken


def test_a_trail_written_anew_is_consistent_in_itself():
    entries = envelope.tampered(list(an_envelope().audit), "anew")
    assert verify(entries) is None
    assert head_of(entries) != an_envelope().head != NO_ENTRY


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_opens_without_any_model_and_says_so(open_page, lang):
    app = open_page("postprocessing/sending/sending.py", lang=lang)
    assert not app.exception
    assert words(lang)("inference.none") in shown(app)


def open_with_model(open_page, monkeypatch, **url):
    """The page as it is with a model on hand, which nobody asks to write here."""
    model = SimpleNamespace(
        id="0" * 40,
        name="glassbox-example",
        whose="house",
        kind="aligned",
        lane="a",
        encoder=Encoder(()),
        config=SimpleNamespace(n_context=N_CONTEXT),
    )
    monkeypatch.setattr("pages.kit.models.on_hand", lambda *_: [model])
    return open_page("postprocessing/sending/sending.py", **url)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_shows_the_request_before_any_click(open_page, monkeypatch, services, lang, depth):
    app = open_with_model(open_page, monkeypatch, lang=lang, depth=depth)
    assert not app.exception
    t = words(lang)
    code = " ".join(each.value for each in app.code)
    assert "curl http" in code and "extra_body" in code and "fetch(" in code
    assert PROMPTS[lang][0] in code  # the travelling sentence is part of the letter
    protos = [each.proto.json for each in app.get("bidi_component") if each.proto.json]
    (data,) = [json.loads(each) for each in protos if "/v1/chat/completions" in each]
    assert data["plays"] is (depth == "watch")  # else nothing is sent before somebody presses
    assert data["last"] is None
    assert t("sending.before_call") in shown(app)  # what it costs is announced before any call
    assert data["body"]["stream"] is True


def test_an_envelope_is_shown_with_its_trail_and_its_verdict(open_page, monkeypatch, services):
    monkeypatch.setattr("pages.kit.state.owner", lambda: "a" * 32)
    said = keep(services, "a" * 32)
    app = open_with_model(open_page, monkeypatch, lang="de")
    assert not app.exception
    t = words("de")
    assert t("sending.intact", head=said["audit"]["head"][:8]) in shown(app)
    assert t("sending.free", price="10 EUR", would="0,00013 EUR")[:60] in shown(app)
    assert "1203 0000" not in shown(app)
    tamper = next(each for each in app.get("button_group") if each.key == "sending_tamper")
    assert tamper.value == "none" or tamper.value == ["none"]


def sent_body(app):
    """The body of the request that the page is about to send."""
    protos = [each.proto.json for each in app.get("bidi_component") if each.proto.json]
    (data,) = [json.loads(each) for each in protos if "/v1/chat/completions" in each]
    return data["body"]


def test_json_by_a_schema_is_asked_for_in_openais_form(open_page, monkeypatch, services):
    app = open_with_model(open_page, monkeypatch, lang="de", sending_form="json", depth="dig")
    assert not app.exception
    form = sent_body(app)["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["schema"] == json.loads(schema.PERSON)
    assert "quote" not in sent_body(app)["glassbox"]
    assert "response_format" in " ".join(each.value for each in app.code)
    plain = open_with_model(open_page, monkeypatch, lang="de")
    assert "response_format" not in sent_body(plain)


def test_a_schema_that_cannot_be_used_is_said_and_text_is_asked_for(
    open_page, monkeypatch, services
):
    impossible = '{"type": "string", "minLength": 5, "maxLength": 3}'
    monkeypatch.setattr(call, "schema_in_force", lambda: impossible)
    app = open_with_model(open_page, monkeypatch, lang="de", sending_form="json")
    assert not app.exception
    assert "response_format" not in sent_body(app)
    assert words("de")("sending.form_unusable") in shown(app)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    ("form", "key"),
    [
        ({"valid": True, "broken_at": None, "problems": []}, "fits"),
        ({"valid": False, "broken_at": 9, "problems": []}, "broken_json"),
        (
            {
                "valid": False,
                "broken_at": None,
                "problems": [{"path": "a.<b>", "rule": "const", "named": ""}],
            },
            "misfits",
        ),
    ],
)
def test_it_is_said_whether_the_json_still_fits(monkeypatch, lang, form, key):
    said = []
    monkeypatch.setattr(envelope.st, "html", said.append)
    envelope._fits(form, words(lang))
    (text,) = said
    assert words(lang)(f"sending.{key}", n=10, path="a.<b>", rule="const")[:12] in text
    assert "<b>" not in text


def test_a_private_address_is_refused_with_its_reason(open_page, monkeypatch, services):
    monkeypatch.setenv("GLASSBOX_WEBHOOKS", "https://partner.example/")
    monkeypatch.setattr("pages.kit.state.owner", lambda: "a" * 32)
    said = keep(services, "a" * 32)
    app = open_with_model(open_page, monkeypatch, lang="en")
    app.button(key="sending_deliver").click().run()
    assert not app.exception
    assert words("en")("sending.why_private") in shown(app)
    delivery = services.store.outbox.get("a" * 32, said["id"])["delivery"]
    assert (delivery["state"], delivery["reason"]) == ("refused", "private")


def test_a_letter_nobody_touched_follows_the_sentence_and_a_typed_one_stays(
    open_page, monkeypatch, services
):
    app = open_with_model(open_page, monkeypatch, lang="en")
    app.text_input(key="sentence").set_value("Where does Mia live?").run()
    assert "“Where does Mia live?”" in app.text_area(key="sending_asked").value
    app.text_area(key="sending_asked").set_value("Good evening.").run()
    app.text_input(key="sentence").set_value("What is AI?").run()
    assert app.text_area(key="sending_asked").value == "Good evening."
    assert sent_body(app)["messages"][0]["content"] == "Good evening."


def test_an_answer_that_was_asked_for_and_masked_is_said_and_can_be_let_through(
    open_page, monkeypatch, services
):
    monkeypatch.setattr("pages.kit.state.owner", lambda: "a" * 32)
    text = "> Meine IBAN ist [IBAN].\n\nMia wohnt im [ADRESSE]."
    keep(services, "a" * 32, text=text)
    app = open_with_model(open_page, monkeypatch, lang="de")
    assert words("de")("sending.masked_away", kind="Anschrift")[:60] in shown(app)
    app.button(key="sending_keep").click().run()
    assert not app.exception
    stages = sent_body(app)["glassbox"]["stages"]
    assert stages[0] == {"name": "private", "on": True, "settings": {"address": "keep"}}
    assert stages[1] == {"name": "secrets", "on": True, "settings": {}}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("> I live in [ADDRESS].\n\nThank you.", None),  # only the quotation is masked
        ("> Hello\n\nIn [ADDRESS].", "address"),
        ("[PHONE]", "phone"),
    ],
)
def test_only_a_mask_in_the_answer_itself_counts(text, kind):
    assert envelope.masked_in_answer({"text": text, "language": "en"}) == kind


def test_every_reason_has_its_sentence():
    from core.api.delivery import REASONS

    for lang in ("de", "en"):
        assert set(webhook.reasons(words(lang))) == set(REASONS)


def test_what_an_address_says_is_never_markup():
    told = webhook._told({"url": HOSTILE, "state": "refused", "reason": "form", "n_attempts": 0,
                       "message": "", "status": None, "seconds": 0}, words("en"))  # fmt: skip
    assert "<img" not in told


def test_masks_are_marked_and_nothing_else_becomes_markup():
    assert mailbox._marked("[IBAN] <b>") == "<mark>[IBAN]</mark> &lt;b&gt;"


def test_the_letters_that_object_hold_what_the_experiment_looks_for():
    from core.api.letters import EXAMPLE, read_letter

    for lang, name in mailbox.OBJECTING.items():
        text = read_letter(EXAMPLE / name).text
        assert all(part in text for _, part in mailbox.SECRETS[lang])


def test_an_answer_without_stages_has_a_trail_of_two_lines():
    answer = Answer("Hallo", ())
    origin = Origin("m", "f", "aligned")
    plain = sealed(answer, "Hallo", origin=origin, lang="de", n_in=1, n_out=1, model_s=0.0)
    assert [entry.stage for entry in plain.audit] == ["model", "sent"]
    assert verify(envelope.tampered(list(plain.audit), "dropped"), plain.head) == 1


def test_an_answer_is_kept_and_lies_on_the_bench_of_the_model_that_wrote_it(services, monkeypatch):
    monkeypatch.setattr("pages.kit.state.owner", lambda: "a" * 32)
    monkeypatch.setattr(envelope.st, "session_state", {})
    store = services.store
    kept = store.artifacts.keep(HOUSE, "aligned", b"weights", modality="text")
    store.benches.put(HOUSE, "a", kept.id)
    said = an_envelope().to_dict()
    model = SimpleNamespace(id=kept.id, kind="aligned", lane="a")
    with use_services(services):
        envelope.keep_answer(said, model)  # another model wrote it
        assert not store.artifacts.of_kind("a" * 32, "answer")
        said["model"]["id"] = kept.id
        envelope.keep_answer(said, model)
    (answer,) = store.artifacts.of_kind("a" * 32, "answer")
    assert answer.numbers == {"n_filtered": 1}
    assert store.benches.of("a" * 32, "text").lanes["a"]["answer"] == answer.id
    assert IBAN.encode() not in store.artifacts.read("a" * 32, answer.id)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_personal_data_is_masked_before_the_model_reads_it_unless_one_wants_to_see_it(
    open_page, monkeypatch, services, lang
):
    app, t = open_with_model(open_page, monkeypatch, lang=lang), words(lang)
    content = sent_body(app)["messages"][0]["content"]
    assert "[IBAN]" in content and "1203 0000" not in content and "kaya@" not in content
    assert "1203 0000" not in " ".join(each.value for each in app.code)
    assert f"<b>{t('sending.reads')}</b>" in shown(app) and "<mark>[IBAN]</mark>" in shown(app)
    app.segmented_control(key="sending_mask").set_value("after").run()
    assert IBAN in sent_body(app)["messages"][0]["content"]
    assert IBAN in shown(app).split(t("sending.reads"))[1]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_of_a_letter_that_is_too_long_it_is_said_what_the_model_does_not_read(
    open_page, monkeypatch, services, lang
):
    app, t = open_with_model(open_page, monkeypatch, lang=lang), words(lang)
    assert "truncation" not in sent_body(app)
    app.text_area(key="sending_asked").set_value("Wo " + "a" * 390).run()
    assert not app.exception
    assert sent_body(app)["truncation"] == "auto"
    assert "<del>Wo aa" in shown(app)
    said = t("sending.cut", n="{n}", most=N_CONTEXT, cut="{cut}").split("{cut}")[1]
    assert said in shown(app)
    tree = ast.parse(app.code[1].value)  # the openai package knows no such argument of its own
    created = next(n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.keywords and
                   ast.unparse(n.func).endswith("create"))  # fmt: skip
    assert "truncation" not in {each.arg for each in created.keywords}


def test_a_german_letter_on_an_english_page_is_filtered_as_german(open_page, monkeypatch, services):
    app = open_with_model(open_page, monkeypatch, lang="en")
    letter = "Bitte schreib mir nicht mehr an kaya@example.org, ich bin im Urlaub."
    app.text_area(key="sending_asked").set_value(letter).run()
    body = sent_body(app)
    assert body["glassbox"]["language"] == "de"
    assert "[E-MAIL]" in body["messages"][0]["content"]


def test_an_answer_of_before_is_shown_again_and_not_as_unsent(open_page, monkeypatch, services):
    monkeypatch.setattr("pages.kit.state.owner", lambda: "a" * 32)
    said = keep(services, "a" * 32)
    app = open_with_model(open_page, monkeypatch, lang="en")
    protos = [each.proto.json for each in app.get("bidi_component") if each.proto.json]
    (data,) = [json.loads(each) for each in protos if "/v1/chat/completions" in each]
    assert data["last"] == said["text"]


def test_a_preset_says_by_name_which_filters_it_switches_on():
    t = words("en")
    assert t("postprocessing.tone") in call._switched_on("letter", t)
    assert t("postprocessing.tone") not in call._switched_on("strict", t)
    assert call._switched_on("none", t) == t("sending.none_on")
