"""Opening a room: which lesson, for whom, and in which Wi-Fi."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.errors import RoomError
from core.rooms.room import open_room
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.door import DOOR, Network, networks
from pages.kit.parts import note
from pages.kit.process import in_a_room
from pages.room import lessons

OWN_ADDRESSES: Final = frozenset({None, "127.0.0.1", "::1"})
SECRET: Final = "_room_secret"
DEFAULT_PORT: Final = 8501
PORT_OPTION: Final = "server.port"


def draw(t: Words) -> None:
    """The form, and what the chosen lesson does."""
    lesson = lessons.choose(t)
    lessons.steps(lesson, t)
    network = _network(t)
    if network.kind == "machine":
        note(t("room.net_machine_about"))
    wifi = ask_wifi(t) if network.kind != "machine" else ("", "")
    if st.button(t("room.open"), type="primary", key="room_open"):
        try:
            address = address_of(network)
            opened = open_room(services().store.rooms, state.owner(), lesson, address, t.lang, wifi)
        except OSError:
            st.error(t("room.not_open", address=network.address))
        except RoomError:
            st.error(t("room.has_room"))
        else:
            st.session_state[SECRET] = opened.secret
            st.rerun()


def is_own_machine() -> bool:
    """Whether the visitor sits at the machine that runs this."""
    return st.context.ip_address in OWN_ADDRESSES


def port() -> int:
    """The port that this process serves at."""
    return int(st.get_option(PORT_OPTION) or DEFAULT_PORT)


def address_of(network: Network) -> str:
    """Open the door to a network, if that is needed, and say where phones find the room.

    Raises:
        OSError: nothing can listen there.
    """
    if in_a_room() or not is_own_machine():
        return f"http://{network.address}:{port()}"
    return DOOR.open(network.address, port())


def _network(t: Words) -> Network:
    """Which network the room is open to, in plain words."""
    if in_a_room() or not is_own_machine():
        here = networks()[0]
        note(t("room.net_server", address=here.address) if in_a_room() else t("room.net_away"))
        return here
    found = networks()
    if len(found) == 1:
        note(t("room.net_none"))
    return choose_network(found, t)


def choose_network(among: Sequence[Network], t: Words) -> Network:
    """Let somebody choose one of several networks."""
    found = {each.address: each for each in among}
    chosen = st.radio(
        t("room.network"),
        list(found),
        format_func=lambda address: _named(found[address], t),
        key="room_network",
    )
    return found[chosen]


def _named(network: Network, t: Words) -> str:
    """A network as people speak of it."""
    if network.kind == "wifi":
        return t("room.net_wifi", address=network.address)
    if network.kind == "cable":
        return t("room.net_cable", address=network.address)
    if network.kind == "machine":
        return t("room.net_machine")
    return t("room.net_other", name=network.name, address=network.address)


def ask_wifi(t: Words) -> tuple[str, str]:
    """Name and password of the Wi-Fi, if somebody wants phones to be told."""
    with st.expander(t("room.wifi_title")):
        note(t("room.wifi_about"))
        name = st.text_input(t("room.wifi_name"), key="room_wifi", max_chars=32)
        password = st.text_input(
            t("room.wifi_password"), key="room_wifi_password", max_chars=63, type="password"
        )
    return name.strip(), password
