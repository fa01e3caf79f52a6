"""Blocking calls of the launcher in daemon threads of their own, so that leaving never waits for one."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

T = TypeVar("T")
_log = logging.getLogger(__name__)


async def in_thread(call: Callable[[], T]) -> T:
    """Run a blocking call in a daemon thread of its own and return what it returns."""
    import asyncio

    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def work() -> None:
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            _hand(loop.call_soon_threadsafe, _fail, future, error)
        else:
            _hand(loop.call_soon_threadsafe, _finish, future, result)

    threading.Thread(target=work, name="launch", daemon=True).start()
    return await future


def _hand(call: Callable[..., object], *arguments: object) -> None:
    try:
        call(*arguments)
    except RuntimeError:
        _log.info("the window closed before an answer came")


def _fail(future: Any, error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


def _finish(future: Any, result: object) -> None:
    if not future.done():
        future.set_result(result)
