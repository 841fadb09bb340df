"""Where phones find a room, and whether they can."""

from typing import Final
from urllib.parse import urlsplit

from core.rooms.room import state_of
from core.store.rooms import RoomRecord, Rooms

OWN_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that every device takes for itself."""


def is_own_machine(address: str) -> bool:
    """Whether a web address, such as "http://127.0.0.1:8501", is one that no phone reaches."""
    return urlsplit(address).hostname in OWN_MACHINE


def is_only_here(room: RoomRecord) -> bool:
    """Whether a room is open for the machine alone on which it was opened."""
    return is_own_machine(state_of(room).address)


def move(rooms: Rooms, room: RoomRecord, address: str, wifi: tuple[str, str]) -> RoomRecord:
    """Let phones find an open room at another address; its letters, people and votes stay.

    Args:
        rooms: where it is kept.
        room: which.
        address: such as "http://192.168.1.5:8501".
        wifi: name and password of the Wi-Fi that phones need first; empty for none.

    Raises:
        RoomError: the room has ended.
    """
    there = {"address": address, "wifi": wifi[0], "wifi_password": wifi[1]}
    return rooms.change(room.id, lambda now: {**now, **there})
