"""A disk whose flushes fail when told to, under SQLite itself: what was written is written, and the flush says no.

SQLite's own file layer is wrapped by ctypes (sqlite.org/c3ref/vfs.html and io_methods.html); only xSync is replaced.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import sqlite3
from pathlib import Path
from typing import Any, Self

from typing_extensions import override

IOERR_FSYNC = 1034
IOERR_WRITE = 778
_POINTER = ctypes.sizeof(ctypes.c_void_p)
_OPEN_AT = 5 * _POINTER  # after three ints (padded), pNext, zName and pAppData
_NAME_AT = 3 * _POINTER
_WRITE_AT = 3 * _POINTER
_SYNC_AT = 5 * _POINTER  # after the version (padded), xClose, xRead, xWrite, xTruncate
_VFS_BYTES = 22 * _POINTER
_METHODS_BYTES = 19 * _POINTER

_Open = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_longlong)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class FailingDisk:
    """One file layer by name. `left` flushes fail from now on, -1 means all; `dies` has every write after one fail, too."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.left = 0
        self.failed = 0
        self.dies = False
        self._library = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = ctypes.c_void_p
        self._library.sqlite3_vfs_register.argtypes = (ctypes.c_void_p, ctypes.c_int)
        self._library.sqlite3_vfs_unregister.argtypes = (ctypes.c_void_p,)
        self._inner = self._library.sqlite3_vfs_find(None)
        self._text = ctypes.create_string_buffer(name.encode())
        self._copy = ctypes.create_string_buffer(ctypes.string_at(self._inner, _VFS_BYTES), _VFS_BYTES)
        self._methods: dict[int, Any] = {}
        self._kept: list[Any] = []
        self._inner_open = _Open(_pointer_at(self._inner + _OPEN_AT))
        opener = _Open(self._open)
        self._kept.append(opener)
        address = ctypes.addressof(self._copy)
        _set_pointer(address + _NAME_AT, ctypes.addressof(self._text))
        _set_pointer(address + _OPEN_AT, _address(opener))

    def __enter__(self) -> Self:
        assert self._library.sqlite3_vfs_register(ctypes.addressof(self._copy), 0) == 0
        return self

    def __exit__(self, *_error: object) -> None:
        self._library.sqlite3_vfs_unregister(ctypes.addressof(self._copy))

    def connection(self) -> type[sqlite3.Connection]:
        """Return the class of connections that lie on this disk."""
        name = self.name

        class OnFailingDisk(sqlite3.Connection):
            @override
            def __init__(self, database: Any, *arguments: Any, **options: Any) -> None:
                given = str(database)
                uri = given if given.startswith("file:") else f"{Path(given).absolute().as_uri()}?mode=rwc"
                super().__init__(f"{uri}&vfs={name}", *arguments, **{**options, "uri": True})

        return OnFailingDisk

    def _open(self, _vfs: int, path: int, file: int, flags: int, told: int) -> int:
        result = self._inner_open(self._inner, path, file, flags, told)
        methods = _pointer_at(file)
        if result == 0 and methods:
            _set_pointer(file, self._wrapped(methods))
        return int(result)

    def _wrapped(self, methods: int) -> int:
        if methods not in self._methods:
            copy = ctypes.create_string_buffer(ctypes.string_at(methods, _METHODS_BYTES), _METHODS_BYTES)
            inner = _Sync(_pointer_at(methods + _SYNC_AT))

            def flush(file: int, flags: int) -> int:
                if self.left:
                    self.left -= 1
                    self.failed += 1
                    return IOERR_FSYNC
                return int(inner(file, flags))

            inner_write = _Write(_pointer_at(methods + _WRITE_AT))

            def write(file: int, content: int, size: int, at: int) -> int:
                if self.dies and self.failed and self.left:
                    return IOERR_WRITE
                return int(inner_write(file, content, size, at))

            for place, callback in ((_SYNC_AT, _Sync(flush)), (_WRITE_AT, _Write(write))):
                self._kept.append(callback)
                _set_pointer(ctypes.addressof(copy) + place, _address(callback))
            self._methods[methods] = copy
        return ctypes.addressof(self._methods[methods])


def _pointer_at(address: int) -> int:
    return ctypes.c_void_p.from_address(address).value or 0


def _set_pointer(address: int, value: int) -> None:
    ctypes.c_void_p.from_address(address).value = value


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0
