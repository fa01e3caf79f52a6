"""Lines of a list that are made when they are looked at: a list of thousands costs what is on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from typing_extensions import override

from cadence_desk.ui.kit.line_list import Line


class ManyLines(Sequence[Line]):
    """So many lines, each made by its place."""

    def __init__(self, count: int, make: Callable[[int], Line]) -> None:
        self._count = count
        self._make = make

    @override
    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> list[Line]: ...
    @override
    def __getitem__(self, place: int | slice) -> Line | list[Line]:
        if isinstance(place, slice):
            return [self._make(one) for one in range(*place.indices(self._count))]
        if not -self._count <= place < self._count:
            raise IndexError(place)
        return self._make(place % self._count)
