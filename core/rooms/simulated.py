"""One simulated person of a rehearsal: comes in, thinks, votes, writes, and is cut off at times.

Invariant: like a phone, they keep what they chose until the server has confirmed it, and send it
again with the same count. So what they believe they voted is what the room must have in the end.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal

from core.languages import Lang
from core.rooms.wire import Away, Wire

ARRIVE_WITHIN_S: Final = 6.0
THINK_S: Final = (0.8, 9.0)
"""How long somebody thinks before they vote, write or choose."""

CHANGES_MIND: Final = 0.15
WRITES: Final = 0.7
PUTS_UP_HAND: Final = 0.06
"""Shares of people, at each question."""

STAYS_S: Final = 90.0
"""How long a connection lasts on average before one of FATES befalls it."""

Fate = Literal["cut", "reload", "sleep"]
FATES: Final[Mapping[Fate, tuple[float, float]]] = {
    "cut": (2.0, 15.0),  # the Wi-Fi is gone
    "reload": (0.0, 0.3),
    "sleep": (10.0, 40.0),  # the screen is off
}
"""What befalls a connection, and how long it takes until the next one, in seconds."""

RETRY_S: Final = 1.5
MOST_FAILURES: Final = 50  # that are kept with their words

NAMES: Final[Mapping[Lang, str]] = {"en": "Rehearsal", "de": "Probe"}
LINES: Final[Mapping[Lang, tuple[str, ...]]] = {
    "en": (
        "That it draws lots.",
        "How sure it sounds when it is wrong.",
        "It never looks anything up.",
        "How small the model is.",
        "That one can see inside.",
        "Everything was computed on one laptop.",
    ),
    "de": (
        "Dass gelost wird.",
        "Wie sicher es klingt, wenn es falsch liegt.",
        "Es schlägt nie etwas nach.",
        "Wie klein das Modell ist.",
        "Dass man hineinsehen kann.",
        "Alles wurde auf einem Laptop berechnet.",
    ),
}


@dataclass
class Seen:
    """What simulated people did and met.

    Args:
        n_here: connected at the moment.
        n_in: people who came in.
        n_votes, n_lines, n_pairs, n_hands: what the server has confirmed.
        n_cuts: connections that were lost, slept or loaded again.
        n_again: requests without an answer, which were sent again.
        n_failed: requests that were refused although the room was open; see `failures`.
        slowest_s: the slowest answer, in seconds.
    """

    n_here: int = 0
    n_in: int = 0
    n_votes: int = 0
    n_lines: int = 0
    n_pairs: int = 0
    n_hands: int = 0
    n_cuts: int = 0
    n_again: int = 0
    n_failed: int = 0
    slowest_s: float = 0.0
    failures: list[str] = field(default_factory=list)

    def fail(self, what: str) -> None:
        """Note a request that failed."""
        self.n_failed += 1
        if len(self.failures) < MOST_FAILURES:
            self.failures.append(what)


class Somebody:
    """One simulated person.

    Args:
        n: their number in the rehearsal.
        code: of the room.
        address: of the server, such as "http://127.0.0.1:8501".
        key: that of the rehearsal.
        seen: where it is noted what happens.
        draw: whatever they do by chance comes from here.
        lang: of their phone.
        haste: how many times faster than people they are.
    """

    def __init__(
        self,
        n: int,
        code: str,
        address: str,
        key: str,
        seen: Seen,
        draw: Random,
        lang: Lang = "en",
        haste: float = 1.0,
    ) -> None:
        self.cookie = f"{draw.getrandbits(128):032x}"
        self.chosen: dict[str, str] = {}  # question -> the last choice that was confirmed
        self._wire = Wire(address, self.cookie)
        self._code, self._key, self._seen, self._draw = code, key, seen, draw
        self._lang, self._haste = lang, haste
        self._name = f"{NAMES[lang]} {n:02d}"
        self._seq = 0
        self._done: set[str] = set()  # questions and pairs that they have turned to
        self._doing: set[asyncio.Task[None]] = set()
        self._over = self._chooses = False

    async def take_part(self) -> None:
        """Come in and stay until the room has ended."""
        await self._pause(0, ARRIVE_WITHIN_S)
        first = True
        while not self._over and await self._enter(first):
            first = False
            fate = self._draw.choice(list(FATES))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._draw.expovariate(self._haste / STAYS_S)):
                    await self._look()
            if not self._over:
                self._seen.n_cuts += 1
                await self._pause(*FATES[fate])
        for task in self._doing:
            task.cancel()

    async def _enter(self, first: bool) -> bool:
        """Come in, or back; False if the room lets nobody in any more."""
        body = {"code": self._code, "rehearsal": self._key, "nickname": self._name if first else ""}
        status, _ = await self._sent("/rooms/enter", body)
        if status == 200 and first:
            self._seen.n_in += 1
        return status == 200

    async def _look(self) -> None:
        """Follow the room until the connection breaks."""
        path = f"/rooms/{self._code}/live?as=phone&lang={self._lang}"
        self._seen.n_here += 1
        try:
            async with aclosing(self._wire.events(path)) as views:  # type: ignore[type-var]
                async for view in views:
                    if view["ended"]:
                        self._over = True
                        return
                    self._react(view)
        except Away:
            await self._pause(0.5, RETRY_S)  # a server that is started again is looked for
        finally:
            self._seen.n_here -= 1

    def _react(self, view: Mapping[str, Any]) -> None:
        """Turn to what the phone shows, once."""
        if view["you"]:
            self._seq = max(self._seq, view["you"]["seq"])
        pair, question = view.get("pair"), view["question"]
        if view["paused"]:
            return
        if pair and not self._chooses:
            self._chooses = True
            self._begin(pair["key"], self._choose_all(pair))
        if not question or not question["is_open"] or question["key"] in self._done:
            return
        if question["options"]:
            self._begin(question["key"], self._vote(question))
        elif question["kind"] == "words":
            self._begin(question["key"], self._write(question))
        if self._draw.random() < PUTS_UP_HAND:
            self._begin(f"hand {question['key']}", self._hand())

    def _begin(self, what: str, work: Any) -> None:
        self._done.add(what)
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _vote(self, question: Mapping[str, Any]) -> None:
        keys = [each["key"] for each in question["options"]]
        for _ in range(2 if self._draw.random() < CHANGES_MIND else 1):
            await self._pause(*THINK_S)
            if await self._cast(question["key"], self._draw.choice(keys)):
                self._seen.n_votes += 1

    async def _choose_all(self, pair: Mapping[str, Any]) -> None:
        try:
            await self._choose(pair)
        finally:
            self._chooses = False

    async def _choose(self, pair: Mapping[str, Any] | None) -> None:
        """Choose the better of two answers, most often the shorter one, until none is left."""
        while pair is not None:
            await self._pause(*THINK_S)
            left, right = pair["answers"]
            shorter = left if len(left["text"]) <= len(right["text"]) else right
            likely = [shorter["key"]] * 6 + ["a", "b", "both_bad"]
            told = await self._cast(pair["key"], self._draw.choice(likely))
            if told is None:
                return
            self._seen.n_pairs += 1
            pair = told.get("pair")

    async def _cast(self, question: str, choice: str) -> dict[str, Any] | None:
        """Send a vote until it is confirmed; None if it came too late."""
        self._seq += 1
        body = {"question": question, "choice": choice, "seq": self._seq}
        status, told = await self._sent(f"/rooms/{self._code}/vote", body)
        if status != 200:
            return None
        self.chosen[question] = told["choice"]
        return told

    async def _write(self, question: Mapping[str, Any]) -> None:
        if self._draw.random() > WRITES:
            return
        await self._pause(*THINK_S)
        text, key = self._draw.choice(LINES[self._lang]), f"{self._draw.getrandbits(64):x}"
        body = {"question": question["key"], "key": key, "text": text}
        if (await self._sent(f"/rooms/{self._code}/say", body))[0] == 200:
            self._seen.n_lines += 1

    async def _hand(self) -> None:
        await self._pause(*THINK_S)
        for is_up in (True, False):
            await self._sent(f"/rooms/{self._code}/me", {"has_hand_up": is_up})
            self._seen.n_hands += is_up
            await self._pause(10, 30)

    async def _sent(self, path: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send until the server has answered: what gets lost is sent again, unchanged."""
        while True:
            begun = time.perf_counter()
            try:
                status, told = await self._wire.post(path, body)
            except Away:
                self._seen.n_again += 1
                await self._pause(RETRY_S, RETRY_S)
                continue
            self._seen.slowest_s = max(self._seen.slowest_s, time.perf_counter() - begun)
            code = told.get("error", {}).get("code")
            if status == 200 or code in ("closed", "ended"):
                return status, told
            self._seen.fail(f"{path}: {status} {told}")
            if status != 429 and status < 500:
                return status, told
            await self._pause(RETRY_S, RETRY_S)

    async def _pause(self, low: float, high: float) -> None:
        await asyncio.sleep(self._draw.uniform(low, high) / self._haste)
