"""A tiny ColumnTable for model tests: three columns, one facet, everything in lists."""

from collections.abc import Sequence


class PlainTable:
    """Implements domain.tables.ColumnTable."""

    def __init__(self) -> None:
        self.epoch = 0
        self._ids: list[str] = []
        self._names: list[str] = []
        self._numbers: list[int] = []
        self._states: list[str] = []
        self._alive = bytearray()
        self._version = 0
        self._moves: list[int] = []

    @property
    def size(self) -> int:
        return len(self._ids)

    @property
    def columns(self) -> Sequence[str]:
        return ("name", "number", "state")

    def title(self, column: str) -> str:
        return column.title()

    def texts(self, column: str) -> Sequence[str]:
        return {"name": self._names, "number": [str(one) for one in self._numbers], "state": self._states}[
            column
        ]

    def keys(self, column: str) -> Sequence[object]:
        found: dict[str, Sequence[object]] = {
            "name": self._names,
            "number": self._numbers,
            "state": self._states,
        }
        return found[column]

    def key_version(self, column: str) -> int:
        return self._version

    def haystack(self) -> Sequence[str]:
        return self._names

    def alive(self) -> bytearray:
        return self._alive

    def ids(self) -> Sequence[str]:
        return self._ids

    def slot_of(self, record_id: str) -> int | None:
        return self._ids.index(record_id) if record_id in self._ids else None

    def flags(self) -> Sequence[int]:
        return [0] * self.size

    def facet(self, name: str) -> Sequence[str]:
        return self._states

    # ------------------------------------------------------------ what tests do to it

    def put(self, record_id: str, name: str, number: int = 0, state: str = "on") -> None:
        self._version += 1
        slot = self.slot_of(record_id)
        if slot is None:
            slot = len(self._ids)
            self._ids.append(record_id)
            self._names.append("")
            self._numbers.append(0)
            self._states.append("")
            self._alive.append(0)
        self._names[slot], self._numbers[slot], self._states[slot] = name, number, state
        self._alive[slot] = 1

    def drop(self, record_id: str) -> None:
        slot = self.slot_of(record_id)
        if slot is not None:
            self._alive[slot] = 0

    def moves_since(self, epoch: int) -> Sequence[int] | None:
        return self._moves if self._moves and epoch == self.epoch - 1 else None

    def compact(self, *, told: bool = False) -> None:
        """Take dead slots out and begin a new epoch; `told` means that readers hear which slot went where."""
        kept = [slot for slot in range(self.size) if self._alive[slot]]
        self._moves = [kept.index(slot) if slot in kept else -1 for slot in range(self.size)] if told else []
        self._ids = [self._ids[slot] for slot in kept]
        self._names = [self._names[slot] for slot in kept]
        self._numbers = [self._numbers[slot] for slot in kept]
        self._states = [self._states[slot] for slot in kept]
        self._alive = bytearray(b"\x01" * len(kept))
        self.epoch += 1
