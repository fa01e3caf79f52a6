"""`override` for what is loaded before the first paint: typing_extensions alone takes some 20 ms to import.

Called by everything of the window. The type checker sees the real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

__all__ = ["override"]

if TYPE_CHECKING:
    from typing_extensions import override
else:
    _Method = TypeVar("_Method")

    def override(method: _Method) -> _Method:
        """Mark a method that replaces one of the base class."""
        return method
