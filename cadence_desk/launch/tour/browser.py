"""Plays the person at the browser: opens the authorize page over https, presses the button of one practice user.

Standard library only; blocks, so it runs in a thread of its own.
"""

from __future__ import annotations

import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from typing import IO, TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from email.message import Message

_SECONDS = 30.0


class _Form(HTMLParser):
    """Finds the page's form: where it goes, its hidden fields, its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = values.get("action", "")
        elif tag == "input" and values.get("type") == "hidden":
            self.hidden[values.get("name", "")] = values.get("value", "")
        elif tag == "button" and values.get("value"):
            self.buttons.append((values.get("name", ""), values["value"]))


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Shows redirects instead of following them: the callback is another server."""

    @override
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        return None


class PlayedBrowser:
    """A browser with one user in front of it."""

    def __init__(self, ca_file: str, user_id: str) -> None:
        context = ssl.create_default_context(cafile=ca_file)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _StayHere
        )
        self._user_id = user_id
        self.pages: list[str] = []

    def open_page(self, address: str) -> None:
        """Open an address as a browser would: at once, without waiting for what the user does."""
        threading.Thread(target=self._use, args=(address,), name="played-browser", daemon=True).start()

    def _use(self, address: str) -> None:
        with self._opener.open(address, timeout=_SECONDS) as answer:
            page = answer.read().decode()
        self.pages.append(page)
        form = _Form()
        form.feed(page)
        pressed = next(button for button in form.buttons if button[1] == self._user_id)
        body = urllib.parse.urlencode({**form.hidden, pressed[0]: pressed[1]}).encode()
        target = urllib.parse.urljoin(address, form.action)
        callback = self._redirected(target, body)
        with self._opener.open(callback, timeout=_SECONDS) as answer:
            self.pages.append(answer.read().decode())

    def _redirected(self, target: str, body: bytes) -> str:
        try:
            self._opener.open(target, body, timeout=_SECONDS).close()
        except urllib.error.HTTPError as answer:
            with answer:
                place = answer.headers.get("Location", "")
            if place:
                return str(place)
            raise
        raise RuntimeError("the authorize page did not lead back to the app")
