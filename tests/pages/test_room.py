"""The page that opens a room: lessons, networks, the open room, and what a page asks the room."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.identity import OWNER_COOKIE, owner_of
from core.rooms.rehearsal import rehearsal_key
from core.rooms.room import act, enter, leads, open_room, open_room_of, state_of, vote
from core.rooms.views import for_phone
from core.services import services as the_services
from pages.kit import asking, door, state
from pages.kit.catalogue import words
from pages.kit.door import Network
from pages.room import lessons, opening
from pages.room import open_room as open_room_part
from pages.room.documents import routes
from tests.workshop import WORKSHOP

PAGE = "room/room.py"


@pytest.fixture
def at_home(monkeypatch):
    """A laptop in a Wi-Fi, whose door opens nothing for real."""
    opened = []
    there = [Network("192.168.1.5", "wifi", "wlan0"), Network("127.0.0.1", "machine", "")]
    for part in (opening, open_room_part):
        monkeypatch.setattr(part, "networks", lambda: there)
        monkeypatch.setattr(part, "is_own_machine", lambda: True)

    def opens(address, port):
        """Note what was to be opened."""
        opened.append(address)
        return f"http://{address}:{port}"

    monkeypatch.setattr(door.DOOR, "open", opens)
    return opened


def texts(app):
    shown = [each.proto.body for each in app.get("html")]
    return " ".join([*shown, *(each.value for each in app.markdown)])


def opened_room(app):
    return open_room_of(the_services().store.rooms, app.session_state["_owner"])


def pressed(app, key):
    (button,) = [each for each in app.button if each.key == key]
    button.click().run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_room_is_opened_led_from_its_own_machine_and_ended(services, open_page, at_home, lang):
    app = open_page(PAGE, lang=lang)
    assert not app.exception
    pressed(app, "room_open")
    room = opened_room(app)
    assert at_home == ["192.168.1.5"] and state_of(room).lang == lang
    assert room.code in texts(app) and "192.168.1.5:8501/join" in texts(app)
    assert app.session_state[opening.SECRET] in texts(app)
    pressed(app, "room_end")
    assert opened_room(app) is None and words(lang)("room.open") in [b.label for b in app.button]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_room_for_this_laptop_alone_says_so_and_is_opened_to_a_network(
    services, open_page, at_home, lang
):
    t, app = words(lang), open_page(PAGE, lang=lang)
    next(each for each in app.radio if each.key == "room_network").set_value("127.0.0.1").run()
    assert t("room.net_machine_about") in texts(app)
    pressed(app, "room_open")
    before = opened_room(app)
    assert t("room.only_here") in texts(app) and "data:image/svg" not in texts(app)
    (choice,) = [each for each in app.radio if each.key == "room_network"]
    assert len(choice.options) == 1 and "192.168.1.5" in choice.options[0]
    pressed(app, "room_move")
    assert at_home == ["127.0.0.1", "192.168.1.5"]
    assert t("room.only_here") not in texts(app) and "192.168.1.5:8501/join" in texts(app)
    assert "data:image/svg" in texts(app)
    assert opened_room(app).code == before.code


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_shown_password_can_be_replaced_and_the_old_one_leads_no_more(
    services, open_page, at_home, lang
):
    app = pressed(open_page(PAGE, lang=lang), "room_open")
    old = app.session_state[opening.SECRET]
    assert words(lang)("room.secret_new_about") in texts(app)
    pressed(app, "room_secret_new")
    new = app.session_state[opening.SECRET]
    assert new in texts(app) and old not in texts(app)
    assert leads(opened_room(app), new) and not leads(opened_room(app), old)
    del app.session_state[opening.SECRET]  # as after a reload
    app.run()
    assert words(lang)("room.secret_gone") in texts(app)
    pressed(app, "room_secret_new")
    assert leads(opened_room(app), app.session_state[opening.SECRET])


def test_where_there_is_no_network_the_room_says_how_to_get_one(
    services, open_page, at_home, monkeypatch
):
    for part in (opening, open_room_part):
        monkeypatch.setattr(part, "networks", lambda: [Network("127.0.0.1", "machine", "")])
    app = pressed(open_page(PAGE, lang="en"), "room_open")
    assert words("en")("room.only_here_none") in texts(app)
    assert not [each for each in app.button if each.key == "room_move"]


def test_the_host_is_told_how_many_are_simulated(services, open_page, at_home):
    app = pressed(open_page(PAGE, lang="en"), "room_open")
    rooms, room = the_services().store.rooms, opened_room(app)
    enter(rooms, room, "a" * 32, "Anna")
    app.run()
    assert "simulated people" not in texts(app)
    key = rehearsal_key(rooms, room)
    enter(rooms, rooms.get(room.id), "b" * 32, "", None, key)
    app.run()
    assert "simulated people: 1" in texts(app)


def test_a_network_is_named_as_people_speak_of_it(services, open_page, at_home):
    app = open_page(PAGE, lang="en")
    (network,) = [each for each in app.radio if each.key == "room_network"]
    assert network.options == [
        "Everybody in this Wi-Fi (192.168.1.5)",
        "Only this laptop, to try it out",
    ]


def test_what_cannot_be_opened_is_said_and_nothing_is_lost(
    services, open_page, at_home, monkeypatch
):
    def refused(address, port):
        """As where another program holds the port."""
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(door.DOOR, "open", refused)
    app = pressed(open_page(PAGE, lang="en"), "room_open")
    assert "Choose another network" in app.error[0].value and opened_room(app) is None


def test_a_lesson_of_ones_own_is_checked_line_by_line_and_can_be_led(services, open_page, at_home):
    app = open_page(PAGE, lang="en")
    (folded,) = [each for each in app.expander if each.label == words("en")("room.write_title")]
    assert not folded.proto.expanded and folded.text_area[0].key == lessons.FIELD
    (field,) = [each for each in app.text_area if each.key == lessons.FIELD]
    field.set_value("title = 'Mine'\n[[steps]]\ntitle = 'One'\npage = 'nowhere'\n").run()
    assert app.error[0].value.startswith("Line 4: There is no page “nowhere”")
    field = next(each for each in app.text_area if each.key == lessons.FIELD)
    field.set_value("title = 'Mine'\n[[steps]]\ntitle = 'One'\npage = 'home'\nminutes = 3\n").run()
    assert not app.error and "Steps: 1, minutes: 3" in app.success[0].value
    (choice,) = [each for each in app.radio if each.key == "room_lesson"]
    assert choice.options[-1] == "3 min: My own lesson · Mine · steps: 1"
    choice.set_value("own").run()
    pressed(app, "room_open")
    assert opened_room(app).lesson["name"] == "own"


def test_every_reason_that_a_lesson_may_be_refused_for_has_its_sentence():
    import ast
    import inspect

    from core.rooms import lessons as reading
    from core.rooms import pressing
    from pages.room.sentences import WHY

    raised = {
        node.args[1].value
        for part in (reading, pressing)
        for node in ast.walk(ast.parse(inspect.getsource(part)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "LessonError"
    }
    assert raised == set(WHY)


def test_the_shipped_lessons_name_pages_and_settings_that_are_there():
    for lesson in lessons.all_shipped():
        assert lessons.checked(lesson.source, lesson.name) == lesson


def test_a_prediction_is_put_to_the_room_and_measured_for_it(with_house, open_page, at_home):
    app = open_page("architecture/scale/scale.py", lang="en")
    assert not [each for each in app.button if each.key.startswith("ask_room")]
    rooms = the_services().store.rooms
    with_owner = app.session_state["_owner"]

    room = open_room(rooms, with_owner, WORKSHOP).room
    app.run()
    pressed(app, "ask_room_scale_machine")
    asked = asking.asked(rooms.get(room.id), "scale_machine")
    assert asked.kind == "vote" and len(asked.texts["options"]) > 1
    seen = {lang: for_phone(rooms.get(room.id), asked, lang, None, {}) for lang in ("de", "en")}
    for lang, view in seen.items():  # every phone in its own language, whatever the projector's
        assert view["question"]["ask"] == words(lang)("scale.machine_question")
        labels = [one["label"] for one in view["question"]["options"]]
        assert labels == [asked.texts["options"][key][lang] for key in asked.texts["options"]]
    assert seen["de"]["question"]["options"] != seen["en"]["question"]["options"]
    anna = enter(rooms, room, "a" * 32, "Anna")
    vote(rooms, room, anna.id, asked.key, next(iter(asked.texts["options"])), 1)
    pressed(app, "measure_scale_machine")
    asked = asking.asked(rooms.get(room.id), "scale_machine")
    assert asked.measured["outcome"] in asked.texts["options"] and asked.measured["text"]["de"]
    assert asked.measured["text"]["de"] != asked.measured["text"]["en"]
    assert "1 of 1 in the room guessed" in texts(app)
    act(rooms, room, "end")


def test_nobody_but_the_host_is_offered_to_ask(services, open_page):
    app = open_page("", lang="en")
    assert state.SETTINGS["room"].start == ""
    assert not [each for each in app.button if str(each.key).startswith("ask_room")]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_results_print_without_names_and_for_the_facilitator_alone(services, lang):

    rooms = services.store.rooms
    room = open_room(rooms, owner_of("f" * 32), WORKSHOP).room
    act(rooms, room, "to", 1)
    vote(rooms, room, enter(rooms, room, "a" * 32, "Anna <b>").id, "step-2", "other", 1)
    act(rooms, room, "reveal")
    app = Starlette(routes=routes())
    host = TestClient(app, cookies={OWNER_COOKIE: "f" * 32})
    shown = host.get(f"/results/{room.code}?lang={lang}").text
    assert words(lang)("workshop.took_part", n="1") in shown and "Anna" not in shown
    assert "<script" not in shown and 'class="true"' in shown
    other = TestClient(app, cookies={OWNER_COOKIE: "e" * 32}, follow_redirects=False)
    assert other.get(f"/results/{room.code}").headers["location"] == f"/lead/{room.code}"


@pytest.mark.parametrize("path", ["/join", "/j/BCDF", "/projector/BCDF", "/lead/BCDF"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_plain_pages_speak_the_readers_language_and_hold_no_markup_of_others(path, lang):

    asking = TestClient(Starlette(routes=routes()))
    shown = asking.get(path, headers={"accept-language": f"{lang}-XX"}).text
    assert f'<html lang="{lang}"' in shown and words(lang)("workshop.lost") in shown
    assert "</script><b>" not in asking.get("/j/%3C%2Fscript%3E%3Cb%3E").text
