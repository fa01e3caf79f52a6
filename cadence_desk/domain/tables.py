"""What a big list reads: a columnar table with stable slots. The engine fills it, the window paints from it.

Columns are plain Python sequences indexed by slot; a slot is never reused within an epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class ColumnTable(Protocol):
    """A table of records in columns.

    `epoch` grows when slots changed their meaning: the reader follows `moves_since`, or resets. `size` counts slots, dead ones included.
    """

    epoch: int

    @property
    def size(self) -> int:
        """Number of slots."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of the display columns in their default order."""

    def title(self, column: str) -> str:
        """Header of a column."""

    def texts(self, column: str) -> Sequence[str]:
        """Display text by slot."""

    def keys(self, column: str) -> Sequence[object]:
        """Sort key by slot; comparable within a column."""

    def key_version(self, column: str) -> int:
        """Return a number that grows with every sort key of a column that changed or came."""

    def haystack(self) -> Sequence[str]:
        """Casefolded search text by slot."""

    def alive(self) -> bytearray:
        """1 by slot while the record exists and belongs to the list, else 0."""

    def ids(self) -> Sequence[str]:
        """Record id by slot."""

    def slot_of(self, record_id: str) -> int | None:
        """Slot of a record, or None."""

    def flags(self) -> Sequence[int]:
        """Bit set by slot: see Flag values in the class that fills the table."""

    def facet(self, name: str) -> Sequence[str]:
        """A value by slot for quick filters, such as ``state`` or ``assignee``."""

    def moves_since(self, epoch: int) -> Sequence[int] | None:
        """Return the slot now, or -1, by slot of the epoch before; None when the table began anew, or too long ago."""
