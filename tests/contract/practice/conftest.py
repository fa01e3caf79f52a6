"""A served practice org on its own loop thread, and small plain clients for it."""

import asyncio
import io
import json
import queue
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import fastavro
import grpc
import pytest

from cadence_desk.practice.org.settings import OrgSettings
from cadence_desk.practice.org.world import WorldPlan
from cadence_desk.practice.serving import ServedOrg, ServingPlan
from cadence_desk.wire import pubsub_api_pb2 as pb
from cadence_desk.wire import pubsub_api_pb2_grpc as pb_grpc

T = TypeVar("T")
PATIENCE_SECONDS = 20.0


class OrgThread:
    """Runs a served org; `do` runs something on its loop, where the org may be touched."""

    def __init__(self, plan: ServingPlan) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="org under test")
        self._thread.start()
        self.served = asyncio.run_coroutine_threadsafe(ServedOrg.start(plan), self._loop).result()
        self.ready = self.served.ready

    def do(self, work: Callable[[ServedOrg], T]) -> T:
        async def run() -> T:
            await asyncio.sleep(0)
            return work(self.served)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(PATIENCE_SECONDS)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.served.stop(), self._loop).result(PATIENCE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()

    def control(self, path: str, shape: Any = None, secret: str | None = None) -> tuple[int, Any]:
        """POST to the control surface with a shape, GET without; status and JSON."""
        headers = {"Authorization": f"Bearer {secret or self.ready['control_secret']}"}
        return self._exchange(self.ready["control_url"] + path, headers, shape)

    def rest(self, path: str, shape: Any = None, *, token: str | None = None) -> tuple[int, Any]:
        """POST a shape to the org over https, GET without."""
        headers = {"Authorization": f"Bearer {token or self.ready['access_token']}"}
        return self._exchange(f"{self.ready['rest_url']}/services/data/v67.0{path}", headers, shape)

    def _exchange(self, url: str, headers: dict[str, str], shape: Any) -> tuple[int, Any]:
        body = None if shape is None else json.dumps(shape).encode()
        request = urllib.request.Request(url, body, {**headers, "Content-Type": "application/json"})
        context = (
            None if url.startswith("http:") else ssl.create_default_context(cafile=self.ready["ca_file"])
        )
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read())

    def lead_ids(self, count: int) -> list[str]:
        return self.do(
            lambda served: [
                str(row["Id"])
                for row in served.org.store.rows(
                    'SELECT "Id" FROM "Lead" WHERE "IsDeleted" = 0 AND "IsConverted" = 0 LIMIT ?', (count,)
                )
            ]
        )

    def edit(self, *edits: dict[str, Any]) -> None:
        status, answer = self.control("/edit", {"edits": list(edits)})
        assert status == 200, answer

    def retitle(self, title: str, count: int = 1) -> list[str]:
        """Gives `count` leads a title of their own, each in its own transaction."""
        ids = self.lead_ids(count)
        for number, lead in enumerate(ids):
            self.edit({"sobject": "Lead", "id": lead, "fields": {"Title": f"{title} {number}"}})
        return ids


class Feed:
    """One Subscribe call of a plain client."""

    def __init__(self, stub: Any, metadata: Any, open_feeds: list["Feed"]) -> None:
        self._requests: queue.Queue[pb.FetchRequest | None] = queue.Queue()
        self._stub, self._metadata = stub, metadata
        self._call = stub.Subscribe(
            iter(self._requests.get, None), metadata=metadata, timeout=PATIENCE_SECONDS
        )
        open_feeds.append(self)

    def ask(self, count: int, topic: str = "", **replay: Any) -> "Feed":
        self._requests.put(pb.FetchRequest(topic_name=topic, num_requested=count, **replay))
        return self

    def next(self) -> pb.FetchResponse:
        response: pb.FetchResponse = next(self._call)
        return response

    def take(self, count: int) -> list[pb.ConsumerEvent]:
        events: list[pb.ConsumerEvent] = []
        while len(events) < count:
            events += self.next().events
        return events

    def refusal(self) -> Any:
        """Waits for the end of the stream, which must be an error."""
        with pytest.raises(grpc.RpcError) as caught:
            for _ in self._call:
                pass
        return caught.value

    def drained(self) -> list[pb.FetchResponse]:
        """Everything until the server ends the stream cleanly."""
        return list(self._call)

    def half_close(self) -> None:
        self._requests.put(None)

    def close(self) -> None:
        self._requests.put(None)
        self._call.cancel()

    def read(self, event: pb.ConsumerEvent) -> dict[str, Any]:
        info = self._stub.GetSchema(
            pb.SchemaRequest(schema_id=event.event.schema_id), metadata=self._metadata
        )
        schema = json.loads(info.schema_json)
        record: Any = fastavro.schemaless_reader(io.BytesIO(event.event.payload), schema, None)
        return dict(record)


class PubSub:
    """A plain gRPC client over TLS."""

    def __init__(self, ready: dict[str, Any]) -> None:
        roots = Path(ready["ca_file"]).read_bytes()
        self.channel = grpc.secure_channel(
            ready["events_endpoint"],
            grpc.ssl_channel_credentials(roots),
            options=[("grpc.enable_http_proxy", 0)],
        )
        self.stub: Any = pb_grpc.PubSubStub(self.channel)  # type: ignore[no-untyped-call]
        self.metadata = (
            ("accesstoken", ready["access_token"]),
            ("instanceurl", ready["rest_url"]),
            ("tenantid", ready["organization_id"]),
        )
        self.feeds: list[Feed] = []

    def feed(self, metadata: Any = None) -> Feed:
        return Feed(self.stub, metadata or self.metadata, self.feeds)

    def close(self) -> None:
        for feed in self.feeds:
            feed.close()
        self.channel.close()


@pytest.fixture(scope="module")
def org_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgThread]:
    plan = ServingPlan(tmp_path_factory.mktemp("authority"), WorldPlan(people=200, seed=11))
    thread = OrgThread(plan)
    thread.do(lambda served: setattr(served.org.settings, "colleagues", False))
    yield thread
    thread.close()


def _fresh(served: ServedOrg) -> None:
    served.org.clock.pause()  # nothing falls due between two steps of a test
    served.board.clear()
    served.bus.drills.gaps.clear()
    served.bus.drills.overflows.clear()
    served.bus.allowance.limit = 50_000
    served.service.idle_seconds = 60.0
    served.service.door.closed, served.service.door.refusals_left = False, 0
    defaults = OrgSettings()
    for name in ("keepalive_seconds", "selected_entities", "hidden_fields"):
        setattr(served.org.settings, name, getattr(defaults, name))


@pytest.fixture
def org(org_thread: OrgThread) -> OrgThread:
    """The served org with every disturbance taken back."""
    org_thread.do(_fresh)
    return org_thread


@pytest.fixture
def pubsub(org: OrgThread) -> Iterator[PubSub]:
    client = PubSub(org.ready)
    yield client
    client.close()
