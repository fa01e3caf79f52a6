"""PyPI pysfpubsub, unedited, hears events and decodes each as its own example does.

A program of the peers' environment, where nothing of this project is; see live_clients for what it reads and prints.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

AT_ONCE = 100


class Listener:
    """Decodes, asks for more when nothing is owed, and says when so many were seen."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._seen = 0

    def __call__(self, response: Any, client: Any) -> None:
        if not response.pending_num_requested:
            client.release_subscription_semaphore()
        for consumed in response.events:
            client.decode(client.get_schema_json(consumed.event.schema_id), consumed.event.payload)
        self._seen += len(response.events)
        if self._seen >= self._count:
            self._seen -= self._count
            sys.stdout.write("done\n")
            sys.stdout.flush()


def main() -> None:
    """Listen until it is killed."""
    told = json.loads(sys.stdin.readline())
    certifi: Any = importlib.import_module("certifi")
    certifi.where = lambda: told["trust"]
    host, port = told["endpoint"].split(":")
    client = importlib.import_module("pysfpubsub.pubsub").Client("https://localhost", "", "", host, int(port))
    client.metadata = (
        ("accesstoken", "x"),
        ("instanceurl", "https://localhost"),
        ("tenantid", told["tenant"]),
    )
    client.subscribe(told["topic"], "LATEST", b"", AT_ONCE, Listener(told["count"]))


main()
