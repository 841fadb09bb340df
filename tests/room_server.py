"""A web process with the routes of rooms alone, which tests start, kill and start again."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from core.identity import OWNER_COOKIE

ROOT = Path(__file__).parents[1]
SERVING = ROOT / "tests" / "core" / "rooms" / "serving.py"
HOST = "f" * 32


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RoomServer:
    """A web process at a port.

    Args:
        home: a folder, the URL of a database, or "environment": what `variables` say, with an
            engine that trains and a writer.
        variables: more of the environment.
    """

    def __init__(self, home, variables=None):
        self.home, self.port = home, free_port()
        self.variables = variables or {}
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self, *, wait=True):
        command = [sys.executable, str(SERVING), str(self.port), str(self.home)]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self.variables})
        return self.wait() if wait else self

    def wait(self):
        """Until it listens."""
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert self.process.poll() is None, "the server has ended"
            time.sleep(0.05)
        raise TimeoutError("the server does not listen")

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def end(self):
        """As the app is ended; by force if that takes too long."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def get(self, path, cookie=HOST):
        """The bytes that are answered."""
        headers = {"Cookie": f"{OWNER_COOKIE}={cookie}"}
        request = urllib.request.Request(self.address + path, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read()

    def post(self, path, body, cookie=HOST):
        """The JSON that is answered; of several lines, a list."""
        request = urllib.request.Request(
            self.address + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Cookie": f"{OWNER_COOKIE}={cookie}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            lines = [json.loads(line) for line in answer.read().splitlines()]
        return lines if len(lines) > 1 else lines[0]

    def act(self, code, what, value=None):
        """Press something as the host; what is answered."""
        return self.post(f"/rooms/{code}/act", {"what": what, "value": value})

    def views(self, code, who="projector", cookie=HOST):
        """The stream of a room, view by view."""
        request = urllib.request.Request(
            f"{self.address}/rooms/{code}/live?as={who}",
            headers={"Cookie": f"{OWNER_COOKIE}={cookie}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            for line in answer:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])
