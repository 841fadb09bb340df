"""The room that is open: how people come in, how one leads, how it ends."""

from html import escape
from typing import Final
from urllib.parse import quote

import streamlit as st

from core.api.rooms.routes import join_address, qr_svg
from core.rooms import rehearsal
from core.rooms.addresses import is_only_here, move
from core.rooms.room import act, another_secret, lesson_of, state_of
from core.services import services
from core.store.rooms import RoomRecord
from pages.kit.catalogue import Words
from pages.kit.door import DOOR, networks
from pages.kit.parts import hint, note
from pages.kit.process import in_a_room
from pages.room.opening import SECRET, address_of, ask_wifi, choose_network, is_own_machine

N_REHEARSING: Final = 30

_rehearsals: dict[str, rehearsal.Rehearsal] = {}
"""Room -> its rehearsal."""


def draw(room: RoomRecord, t: Words) -> None:
    """Everything that the host needs at hand."""
    lesson, at = lesson_of(room), state_of(room)
    people = services().store.rooms.people(room.id)
    said = t("room.title_now", lesson=lesson.title[t.lang], n=at.at + 1, of=len(lesson.steps))
    told = [said, t("room.people_now", n=len(people))]
    if n_simulated := sum(one.is_simulated for one in people):
        told.append(t("workshop.n_simulated", n=n_simulated))
    note(" · ".join(told))
    _way_in(room, t)
    if is_only_here(room):
        _let_phones_in(room, t)
    lang = quote(t.lang)
    with st.container(key="gb_room_ways", horizontal=True, gap="small"):
        for label, path in (
            (t("room.to_projector"), f"/projector/{room.code}?lang={lang}"),
            (t("room.to_lead"), f"/lead/{room.code}?lang={lang}"),
            (t("room.to_phone"), f"/j/{room.code}?lang={lang}"),
        ):
            st.link_button(label, path, type="primary" if path.startswith("/pro") else "secondary")
    _secret(room, t)
    _rehearsal(room, t)
    if st.button(t("room.end"), key="room_end", help=t("room.end_about")):
        act(services().store.rooms, room, "end")
        if is_own_machine():
            DOOR.close()
        st.session_state.pop(SECRET, None)
        st.rerun()


def _way_in(room: RoomRecord, t: Words) -> None:
    """Letters, address, QR code as the projector shows them; no QR code where no phone comes."""
    address = join_address(room)
    picture = quote(qr_svg(address).decode())
    image = (
        f'<img alt="{escape(address)}" width="180" height="180" src="data:image/svg+xml,{picture}">'
    )
    shown = state_of(room).address.removeprefix("http://") + "/join"
    st.html(
        f'<div class="gb-way-in">{"" if is_only_here(room) else image}<dl>'
        f"<dt>{escape(t('room.code'))}</dt><dd>{escape(room.code)}</dd><dt>{escape(t('room.address'))}</dt>"
        f"<dd>{escape(shown)}</dd></dl></div>"
    )


def _let_phones_in(room: RoomRecord, t: Words) -> None:
    """Say that no phone reaches the room, and open it to a network."""
    among = [network for network in networks() if network.kind != "machine"]
    if not (is_own_machine() or in_a_room()):
        _say_only_here(t("room.only_here_away"))
        return
    _say_only_here(t("room.only_here") if among else t("room.only_here_none"))
    if not among:
        return
    network = choose_network(among, t)
    wifi = ask_wifi(t)
    if st.button(t("room.move"), key="room_move"):
        try:
            move(services().store.rooms, room, address_of(network), wifi)
        except OSError:
            st.error(t("room.not_open", address=network.address))
        else:
            st.rerun()


def _say_only_here(text: str) -> None:
    st.html(f'<p class="gb-only-here" role="status">{escape(text)}</p>')


def _rehearsal(room: RoomRecord, t: Words) -> None:
    """Simulated people, to try the room before anybody comes."""
    running = _rehearsals.get(room.id)
    with st.container(key="gb_rehearsal", horizontal=True, vertical_alignment="center"):
        if running is not None and running.is_running:
            if st.button(t("room.rehearse_end"), key="room_rehearse_end"):
                running.stop()
                st.rerun()
        elif st.button(t("room.rehearse", n=N_REHEARSING), key="room_rehearse"):
            _rehearsals[room.id] = rehearsal.start(services().store.rooms, room, N_REHEARSING)
            st.rerun()
        hint(t("room.rehearse_about"))


def _secret(room: RoomRecord, t: Words) -> None:
    """The secret with which one leads from a second device, and a way to get another one."""
    secret = st.session_state.get(SECRET)
    if secret is None:
        note(t("room.secret_gone"))
    else:
        lead = f"{state_of(room).address.removeprefix('http://')}/lead/{room.code}"
        only_here = is_only_here(room)
        about = t("room.secret_only_here") if only_here else t("room.secret_about", address=lead)
        st.html(
            f'<p class="gb-secret"><b>{escape(t("room.secret"))}: <code>{escape(secret)}</code></b>'
            f" {escape(about)}</p>"
        )
    with st.container(key="gb_another_secret", horizontal=True, vertical_alignment="center"):
        if st.button(t("room.secret_new"), key="room_secret_new"):
            st.session_state[SECRET] = another_secret(services().store.rooms, room)
            st.rerun()
        hint(t("room.secret_new_about"))
    if secret is not None and not is_only_here(room):
        _lead_scan(room, secret, t)


def _lead_scan(room: RoomRecord, secret: str, t: Words) -> None:
    """The QR code with which a phone leads; folded, as it holds the secret."""
    with st.expander(t("room.lead_scan")):
        address = f"{state_of(room).address}/lead/{room.code}#{secret}"
        picture = quote(qr_svg(address).decode())
        note(t("room.lead_scan_about"))
        alt = escape(t("room.lead_scan"))
        st.html(f'<img alt="{alt}" width="200" height="200" src="data:image/svg+xml,{picture}">')
