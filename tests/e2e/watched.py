"""A page whose requests, errors, bytes and messages are counted, for tests of many pages."""

from urllib.parse import urlparse

from playwright.sync_api import BrowserContext


class Watched:
    """A new tab in a browser's context."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.page = context.new_page()
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        self.n_frames = 0
        self.n_messages = 0
        self._urls: dict[str, str] = {}  # of requests on their way, by their numbers
        self._fetched: set[str] = set()
        self._sizes: dict[str, int] = {}
        home = urlparse(server).netloc
        self.page.on("request", lambda r: self.hosts.add(urlparse(r.url).netloc or home))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("response", self._response)
        self.page.on("websocket", lambda ws: ws.on("framereceived", self._frame))
        channel = context.new_cdp_session(self.page)
        channel.send("Network.enable")
        channel.on("Network.requestWillBeSent", self._sent)
        channel.on("Network.loadingFinished", self._finished)
        channel.on("Network.eventSourceMessageReceived", self._message)

    @property
    def n_bytes(self) -> int:
        """What the page would fetch in a browser that never was here, since the count began.

        A file that this one knows already counts as much as when it was fetched.
        """
        return sum(self._sizes.get(url, 0) for url in self._fetched)

    def count_anew(self) -> None:
        """Forget what was counted so far, but not how large each file is."""
        self.hosts.clear()
        self.errors.clear()
        self._fetched.clear()

    def _console(self, message) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _response(self, response) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")

    def _frame(self, _payload) -> None:
        self.n_frames += 1

    def _message(self, _event) -> None:
        self.n_messages += 1

    def _sent(self, event) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event) -> None:
        url = self._urls.pop(event["requestId"], "")
        self._fetched.add(url)
        n_bytes = event.get("encodedDataLength", 0)
        self._sizes[url] = max(n_bytes, self._sizes.get(url, 0))
