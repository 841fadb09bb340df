"""A small real program for the engine's tests: fits a line to four points by gradient descent."""

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from core.errors import SettingError
from core.jobs.programs import Known

LINE = {"line:LineProgram": Known("checkpoint", "text", "line:LineProgram")}


class LineProgram:
    def __init__(
        self, inputs: Mapping[str, bytes], settings: Mapping[str, Any], snapshot: bytes | None
    ) -> None:
        self.points = json.loads(inputs["points"])
        self.settings = dict(settings)
        self.rate = settings.get("rate", 0.02)
        self.state = json.loads(snapshot) if snapshot else {"step": 0, "slope": 0.0, "rate": None}
        if self.state["rate"] is not None:
            self.rate = self.state["rate"]

    @property
    def finished(self) -> bool:
        return self.state["step"] >= self.settings["n_steps"]

    @property
    def piece(self) -> str:
        return "step"

    def advance(self) -> list[dict[str, Any]]:
        time.sleep(self.settings.get("step_s", 0.0))
        if self.state["step"] == self.settings.get("fails_at"):
            raise SettingError("slope", self.state["slope"], "must not be looked at")
        if self.state["step"] == self.settings.get("dies_at"):
            os.kill(os.getpid(), 9)
        if self.state["step"] == self.settings.get("exits_at"):
            raise SystemExit("no licence")
        slope = self.state["slope"]
        errors = [slope * x - y for x, y in self.points]
        loss = sum(error**2 for error in errors) / len(errors)
        gradient = sum(2 * e * x for e, (x, _) in zip(errors, self.points, strict=True))
        self.state["slope"] = slope - self.rate * gradient / len(errors)
        self.state["step"] += 1
        row = {"kind": "step", "step": self.state["step"], "loss_nats": loss, "pid": os.getpid()}
        looks = self.state["step"] % self.settings.get("look_every", 10**9) == 0
        return [row, {**row, "kind": "evaluation"}] if looks else [row]

    def control(self, change: Mapping[str, Any]) -> None:
        if set(change) - {"rate"}:
            raise SettingError("change", str(change), "is not known")
        self.rate = self.state["rate"] = change["rate"]

    def same_with_threads(self, n_threads: int) -> bool:
        return False

    def snapshot(self) -> bytes:
        return json.dumps(self.state).encode()

    def result(self) -> bytes:
        return json.dumps({"slope": self.state["slope"], "of": self.settings.get("tag")}).encode()

    def numbers(self) -> dict[str, float | int | str]:
        return {"slope": self.state["slope"], "step": self.state["step"]}


def count_slowly(n: int, on_progress: Callable[[int, int], None]) -> int:
    for i in range(n):
        on_progress(i + 1, n)
        time.sleep(0.15)
    return n


def leave() -> None:
    raise SystemExit(3)


def panic() -> None:
    raise Panic("index out of bounds")


class Panic(BaseException):
    """What a library in Rust raises; no Exception."""


def complain(name: str) -> None:
    raise SettingError(name, 3, "must be four")
