"""CometD long polling by hand: handshake, replay, refusals, the end of a connect."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

LEADS = "/data/LeadChangeEvent"


class Comet:
    """One Bayeux client over plain http."""

    def __init__(self, org: Any, scheme: str = "Bearer") -> None:
        self._url = org.ready["rest_http_url"] + "/cometd/67.0"
        self.authorization = f"{scheme} {org.ready['access_token']}"
        self.client_id = ""

    def post(self, *messages: dict[str, Any]) -> list[dict[str, Any]]:
        body = json.dumps(
            [{"clientId": self.client_id, "id": "1", **message} for message in messages]
        ).encode()
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(self._url, body, headers), timeout=20) as answer:
            return list(json.load(answer))

    def handshake(self) -> "Comet":
        (reply,) = self.post({"channel": "/meta/handshake", "version": "1.0"})
        assert reply["successful"]
        self.client_id = reply["clientId"]
        (first,) = self.connect()
        assert first["advice"]["reconnect"] == "retry"
        return self

    def subscribe(self, replay: int | None = None, channel: str = LEADS) -> dict[str, Any]:
        message: dict[str, Any] = {"channel": "/meta/subscribe", "subscription": channel}
        if replay is not None:
            message["ext"] = {"replay": {channel: replay}}
        (reply,) = self.post(message)
        return reply

    def connect(self) -> list[dict[str, Any]]:
        return self.post({"channel": "/meta/connect", "connectionType": "long-polling"})


@pytest.fixture
def comet(org: Any) -> Comet:
    return Comet(org).handshake()


@pytest.mark.parametrize("scheme", ["Bearer", "OAuth"])
def test_new_events_and_those_after_an_id(org: Any, scheme: str) -> None:
    comet = Comet(org, scheme).handshake()
    assert comet.subscribe()["successful"]
    org.retitle(scheme, 3)
    events: list[dict[str, Any]] = []
    while len(events) < 3:
        events += [message["data"] for message in comet.connect() if message["channel"] == LEADS]
    assert [event["payload"]["Title"] for event in events] == [f"{scheme} {number}" for number in range(3)]
    header = events[0]["payload"]["ChangeEventHeader"]
    assert (header["changeType"], "Title" in header["changedFields"]) == ("UPDATE", True)
    again = Comet(org).handshake()
    again.subscribe(events[0]["event"]["replayId"])
    told = [
        message["data"]["event"]["replayId"] for message in again.connect() if message["channel"] == LEADS
    ]
    assert told == [event["event"]["replayId"] for event in events[1:]]


def test_minus_two_gives_everything_kept(org: Any, comet: Comet) -> None:
    org.retitle("kept")
    comet.subscribe(-2)
    titles = [
        message["data"]["payload"].get("Title") for message in comet.connect() if message["channel"] == LEADS
    ]
    assert titles[-1] == "kept 0" or len(titles) == 100


def test_a_connect_without_news_ends_after_the_hold(org: Any, comet: Comet) -> None:
    org.control("/settings", {"cometd_connect_seconds": 0.05})
    comet.subscribe()
    (reply,) = comet.connect()
    assert (reply["channel"], reply["successful"]) == ("/meta/connect", True)
    org.control("/settings", {"cometd_connect_seconds": 110})


@pytest.mark.parametrize(
    ("channel", "replay", "error"),
    [(LEADS, 17, "400::"), ("/data/UserChangeEvent", -1, "404::"), ("/topic/Anything", -1, "404::")],
)
def test_refused_subscriptions(comet: Comet, channel: str, replay: int, error: str) -> None:
    reply = comet.subscribe(replay, channel)
    assert (reply["successful"], reply["error"].startswith(error)) == (False, True)


def test_a_bad_token_is_told_with_reconnect_none(org: Any) -> None:
    comet = Comet(org)
    comet.authorization = "Bearer nothing"
    (reply,) = comet.post({"channel": "/meta/handshake"})
    assert (reply["successful"], reply["error"][:5], reply["advice"]["reconnect"]) == (False, "401::", "none")


def test_an_unknown_client_is_told_to_shake_hands_again(org: Any) -> None:
    (reply,) = Comet(org).connect()
    assert (reply["error"][:5], reply["advice"]["reconnect"]) == ("403::", "handshake")


def test_unsubscribe_and_disconnect(org: Any, comet: Comet) -> None:
    comet.subscribe()
    told = comet.post(
        {"channel": "/meta/unsubscribe", "subscription": LEADS}, {"channel": "/meta/disconnect"}
    )
    assert [reply["successful"] for reply in told] == [True, True]
    assert comet.connect()[0]["advice"]["reconnect"] == "handshake"


def test_the_delivery_allowance_ends_it(org: Any, comet: Comet) -> None:
    comet.subscribe()
    org.control("/settings", {"event_delivery_limit": 0})
    (reply,) = comet.connect()
    assert reply["error"] == "403::Organization total events daily limit exceeded"


def test_nonsense_is_a_bad_request(org: Any) -> None:
    request = urllib.request.Request(org.ready["rest_http_url"] + "/cometd/67.0", b"{no json")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as refusal:
        assert refusal.code == 400
