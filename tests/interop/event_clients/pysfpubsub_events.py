"""Three change events and a resume with PyPI pysfpubsub, unedited, TLS verified.

A program of its own: the package registers the same message names as our generated code. Reads the ready line from
standard input; prints one JSON line.
"""

import importlib
import json
import os
import sys
import threading
import urllib.request
from typing import Any

import certifi


def control(ready: dict[str, Any], path: str, shape: Any = None) -> Any:
    body = None if shape is None else json.dumps(shape).encode()
    headers = {"Authorization": f"Bearer {ready['control_secret']}"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(ready["control_url"] + path, body, headers)) as answer:
        return json.load(answer)


def connected(ready: dict[str, Any]) -> Any:
    """A client with the metadata set by hand: its own sign-in speaks SOAP."""
    certifi.where = lambda: ready["ca_file"]
    module = importlib.import_module("pysfpubsub.pubsub")
    host, port = ready["events_endpoint"].split(":")
    client = module.Client(ready["rest_url"], "", "", host, int(port))
    client.metadata = (
        ("accesstoken", ready["access_token"]),
        ("instanceurl", ready["rest_url"]),
        ("tenantid", ready["organization_id"]),
    )
    return client


class Collector:
    """A callback that keeps events, asks for more as the sample does, and ends at a count."""

    def __init__(self, wanted: int) -> None:
        self.events: list[tuple[bytes, dict[str, Any]]] = []
        self.enough = threading.Event()
        self._wanted = wanted

    def __call__(self, response: Any, client: Any) -> None:
        for event in response.events:
            schema = client.get_schema_json(event.event.schema_id)
            self.events.append((event.replay_id, client.decode(schema, event.event.payload)))
        if response.pending_num_requested == 0:
            client.release_subscription_semaphore()
        if len(self.events) >= self._wanted:
            self.enough.set()


def listen(client: Any, wanted: int, replay: str, replay_id: bytes = b"") -> Collector:
    collector = Collector(wanted)
    arguments = ("/data/LeadChangeEvent", replay, replay_id, 1, collector)
    threading.Thread(target=client.subscribe, args=arguments, daemon=True).start()
    return collector


def main() -> None:
    ready = json.loads(sys.stdin.readline())
    client = connected(ready)
    assert client.get_topic("/data/LeadChangeEvent").can_subscribe
    live = listen(client, 3, "LATEST")
    while not control(ready, "/state")["streams"]:
        pass
    for number, lead in enumerate(json.loads(os.environ["LEADS"])[:3]):
        control(ready, "/edit", {"sobject": "Lead", "id": lead, "fields": {"Title": f"py {number}"}})
    assert live.enough.wait(30)
    again = listen(connected(ready), 2, "CUSTOM", live.events[0][0])
    assert again.enough.wait(30)
    titles = [[body["Title"] for _, body in one.events] for one in (live, again)]
    sys.stdout.write(json.dumps({"received": titles[0], "again": titles[1]}) + "\n")
    sys.stdout.flush()
    os._exit(0)  # its streams have no end of their own


main()
