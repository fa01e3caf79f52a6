"""TerseFormatter: of an exception the terminal gets kind and place; its message may quote data. Called by launch.main."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cadence_desk.bridge.faults import fault_of
from cadence_desk.domain.overriding import override

if TYPE_CHECKING:
    from types import TracebackType

    Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class TerseFormatter(logging.Formatter):
    """Formats as usual but for exceptions."""

    @override
    def formatException(self, ei: Caught) -> str:
        return fault_of(ei[0] or Exception, ei[2]).text
