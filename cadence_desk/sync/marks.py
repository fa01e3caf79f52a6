"""Where each topic's stream is resumed: only what is saved together with its rows counts. Owned by the follower."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Marks:
    """Marks as they came, and as they are saved. An empty mark is saved over one that cannot be resumed from."""

    def __init__(self) -> None:
        self._newest: dict[str, bytes] = {}
        self._saved: dict[str, bytes] = {}

    def loaded(self, marks: Mapping[str, bytes]) -> None:
        """Take the marks of the cache file."""
        self._saved.update(marks)

    def came(self, topic: str, mark: bytes) -> None:
        """Take the mark of a response or a keepalive."""
        if mark:
            self._newest[topic] = mark

    def resume_from(self, topic: str) -> bytes | None:
        """Return the saved mark of a topic; None when there is none."""
        return self._saved.get(topic) or None

    def forget(self, topic: str) -> None:
        """Drop an unusable mark, here and in the file."""
        self._saved.pop(topic, None)
        self._newest[topic] = b""

    def fresh(self) -> dict[str, bytes]:
        """Return the marks that are newer than the saved ones."""
        return {topic: mark for topic, mark in self._newest.items() if self._saved.get(topic) != mark}

    def saved(self, marks: Mapping[str, bytes]) -> None:
        """These were saved together with their rows."""
        self._saved.update(marks)

    def file_lost(self) -> None:
        """The file was made anew: nothing is saved any more."""
        self._newest = {**self._saved, **self._newest}
        self._saved = {}
