"""People at pages, as a server sees their browsers: they open a page, press things, and go on."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from pages.kit import site
from pages.kit.warming import opening

ARRIVE_WITHIN_S: Final = 10.0
IN_THE_HEAD: Final = 3
"""groups of buttons that stand above every page: kind of data, depth, language"""

Views = Sequence[tuple[site.Place, str]]  # places, each about a kind of data


@dataclass(frozen=True)
class Run:
    """One run of one page.

    Args:
        at: seconds since the start of the room.
        page: what was opened, with its kind of data.
        is_opening: whether the page was opened; else something was pressed on it.
        took: seconds from the request on the socket to the end of the script.
    """

    at: float
    page: str
    is_opening: bool
    took: float


def _of_slider(found: Any, chance: random.Random) -> WidgetState:
    if found.options:  # a slider of words
        state = WidgetState(id=found.id)
        state.string_array_value.data.append(chance.choice(found.options))
        return state
    n_steps = max(1, round((found.max - found.min) / (found.step or 1)))
    value = min(found.max, found.min + chance.randint(0, n_steps) * (found.step or 1))
    state = WidgetState(id=found.id)
    state.double_array_value.data.append(value)
    return state


def _of_group(found: Any, chance: random.Random) -> WidgetState:
    state = WidgetState(id=found.id)
    state.string_array_value.data.append(chance.choice(found.options).content)
    return state


PRESS: Final[dict[str, Callable[[Any, random.Random], WidgetState]]] = {
    "slider": _of_slider,
    "button_group": _of_group,
    "checkbox": lambda found, _: WidgetState(id=found.id, bool_value=not found.default),
    "radio": lambda found, chance: WidgetState(
        id=found.id, string_value=chance.choice(found.options)
    ),
    "selectbox": lambda found, chance: WidgetState(
        id=found.id, string_value=chance.choice(found.options)
    ),
}
"""What a browser sends when something is set; buttons are left alone, since some begin a training
and the trainings of a measurement are counted."""


@dataclass
class Browser:
    """One tab: what stands on its page, and what was set there.

    Args:
        stream: to the server.
        chance: what its person presses.
    """

    stream: ClientConnection
    chance: random.Random
    asked: BackMsg = field(default_factory=BackMsg)
    found: dict[str, tuple[str, Any]] = field(default_factory=dict)
    states: dict[str, WidgetState] = field(default_factory=dict)

    async def open(self, name: str, lang: str, kind: str) -> None:
        """Open a page."""
        self.asked = opening(name, lang, kind)
        self.found, self.states = {}, {}
        await self._run()

    async def press(self) -> None:
        """Set something on the page to another value; the page runs again."""
        groups = [id_ for id_, (kind, _) in self.found.items() if kind == "button_group"]
        of_page = sorted(self.found.keys() - set(groups[:IN_THE_HEAD]))
        if of_page:
            kind, element = self.found[self.chance.choice(of_page)]
            self.states[element.id] = PRESS[kind](element, self.chance)
        states = self.asked.rerun_script.widget_states
        del states.widgets[:]
        states.widgets.extend(self.states.values())
        await self._run()

    async def _run(self) -> None:
        """Ask for a run, and take what is sent until the script has ended."""
        await self.stream.send(self.asked.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await self.stream.recv())
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                name = element.WhichOneof("type")
                if name in PRESS and not getattr(element, name).disabled:
                    self.found[getattr(element, name).id] = (name, getattr(element, name))
            if kind == "script_finished" and (
                message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                return


async def person(
    port: int, seed: int, began: float, until: float, views: Views, think_s: tuple[float, float]
) -> list[Run]:
    """One person: arrives, opens a page, presses some things there, thinks before each, goes on."""
    chance, found = random.Random(seed), list[Run]()
    await asyncio.sleep(chance.random() * ARRIVE_WITHIN_S)
    lang, cookie = chance.choice(("de", "en")), f"{chance.getrandbits(128):032x}"
    async with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        origin=f"http://127.0.0.1:{port}",
        subprotocols=["streamlit"],
        additional_headers={"Cookie": f"glassbox_owner={cookie}"},
        max_size=None,
    ) as stream:
        browser, n_left = Browser(stream, chance), 0
        place, kind = views[0]
        while (now := time.monotonic() - began) < until:
            is_opening = not n_left
            if is_opening:
                (place, kind), n_left = chance.choice(views), chance.randint(4, 8)
                await browser.open(place.name, lang, kind)
            else:
                await browser.press()
            n_left -= 1
            took = time.monotonic() - began - now
            found.append(Run(now, f"{kind} {place.name}", is_opening, took))
            await asyncio.sleep(chance.uniform(*think_s))
    return found


async def people(
    port: int, n: int, until: float, views: Views, think_s: tuple[float, float]
) -> list[Run]:
    """Everybody at once.

    Args:
        port: of the server, on this machine.
        n: people.
        until: seconds.
        views: what they open.
        think_s: shortest and longest time between the end of a run and the next press.
    """
    began = time.monotonic()
    all_of_them = [person(port, seed, began, until, views, think_s) for seed in range(n)]
    return [run for each in await asyncio.gather(*all_of_them) for run in each]
