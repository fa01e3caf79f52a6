"""A gate before the practice org's ports: a cable that can be pulled and put back while the org lives on."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading


class Gate:
    """Passes bytes between a port of its own and a port behind; `shut` ends all connections and refuses new ones."""

    def __init__(self, behind: int) -> None:
        self._behind = behind
        self._port = 0
        self._wake_in, self._wake_out = socket.socketpair()
        self._lock = threading.Lock()
        self._orders: list[str] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake_out, selectors.EVENT_READ, None)
        self._listener = self._listen()
        self._peers: dict[socket.socket, socket.socket] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="gate", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._port

    def shut(self) -> None:
        self._order("shut")

    def open(self) -> None:
        self._order("open")

    def close(self) -> None:
        self._order("end")
        self._thread.join(5)
        self._wake_in.close()
        self._wake_out.close()

    def _order(self, word: str) -> None:
        """Have the thread do it, and wait until it is done."""
        self._done.clear()
        with self._lock:
            self._orders.append(word)
        self._wake_in.send(b".")
        assert self._done.wait(5), f"the gate did not {word}"

    def _listen(self) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._selector.register(listener, selectors.EVENT_READ, None)
        return listener

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if sock is self._wake_out:
                    if self._obey():
                        return
                    break  # what is ready may be closed now
                if sock is self._listener:
                    self._connect()
                elif sock in self._peers:
                    self._pass_on(sock)

    def _obey(self) -> bool:
        self._wake_out.recv(1)
        with self._lock:
            word = self._orders.pop(0)
        if word == "open":
            self._listener = self._listen()
        else:
            self._drop_all()
        self._done.set()
        return word == "end"

    def _drop_all(self) -> None:
        for sock in [*self._peers, *([self._listener] if self._listener.fileno() >= 0 else [])]:
            self._forget(sock)
        self._peers.clear()

    def _connect(self) -> None:
        near, _ = self._listener.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self._behind), 5)
        except OSError:
            near.close()
            return
        self._peers[near], self._peers[far] = far, near
        for sock in (near, far):
            self._selector.register(sock, selectors.EVENT_READ, None)

    def _pass_on(self, sock: socket.socket) -> None:
        peer = self._peers[sock]
        try:
            data = sock.recv(65_536)
            if data:
                peer.sendall(data)
                return
        except OSError:
            pass
        for one in (sock, peer):
            self._peers.pop(one, None)
            self._forget(one)

    def _forget(self, sock: socket.socket) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(sock)
        sock.close()
