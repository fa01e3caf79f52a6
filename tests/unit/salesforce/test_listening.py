"""What the end of a subscription means, what is heard, and what Setup tells, over a fake feed and fake REST."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from cadence_desk.domain.errors import (
    DeskError,
    InternalError,
    NotAllowed,
    NotAvailable,
    OrgBusy,
    ProxyProblem,
    SignedOut,
    Unreachable,
    Untrusted,
)
from cadence_desk.domain.readiness.facts import TopicTrouble
from cadence_desk.salesforce.listening import Ear, TopicListening, topic_of, trouble_of
from cadence_desk.salesforce.readiness_reader import without_login

if TYPE_CHECKING:
    from cadence_desk.domain.ports import FeedSink
    from cadence_desk.salesforce.rest import RestClient
    from cadence_desk.salesforce.soql import SoqlQuery

T = TopicTrouble


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (None, T.NONE),
        (Unreachable(), T.LINE),
        (Untrusted(), T.LINE),
        (ProxyProblem(), T.LINE),
        (OrgBusy(), T.LINE),
        (InternalError(), T.LINE),
        (SignedOut(), T.SESSION),
        (NotAllowed(server_code="service.auth.error"), T.SESSION),
        (NotAllowed(server_code="UNAUTHENTICATED"), T.SESSION),
        (NotAllowed(), T.PERMISSION),
        (NotAllowed(server_code="subscription.topic.cannot.subscribe"), T.PERMISSION),
        (NotAllowed(server_code="subscription.limit.exceeded"), T.ALLOWANCE),
        (NotAvailable(server_code="topic.not.found"), T.ABSENT),
    ],
)
def test_each_end_has_its_meaning(error: DeskError | None, trouble: TopicTrouble) -> None:
    ear = Ear()
    ear.feed_ended("/data/x", error, mark_unusable=False)
    assert trouble_of(ear)[0] is trouble


@dataclass
class _Handle:
    stopped: list[float] = field(default_factory=list)

    def stop(self, timeout: float) -> None:
        self.stopped.append(timeout)


@dataclass
class _Feed:
    sinks: dict[str, FeedSink] = field(default_factory=dict)
    handles: list[_Handle] = field(default_factory=list)

    def open(self, topic: str, mark: bytes | None, sink: FeedSink) -> _Handle:
        assert mark is None, "from now on"
        self.sinks[topic] = sink
        self.handles.append(_Handle())
        return self.handles[-1]


@dataclass
class _Rest:
    """Answers the two questions of the listening."""

    newest: dict[str, str] = field(default_factory=dict)
    setup: Any = None

    def rows(self, query: SoqlQuery, purpose: str) -> list[dict[str, Any]]:
        assert purpose == "readiness"
        if query.entity not in self.newest:
            raise NotAvailable
        stamp = self.newest[query.entity]
        return [{"Id": "00Q", "LastModifiedDate": stamp}] if stamp else []

    def get(self, path: str, purpose: str) -> Any:
        assert path == "tooling/query?q=SELECT+DeveloperName+FROM+PlatformEventChannelMember"
        assert purpose == "readiness"
        if isinstance(self.setup, DeskError):
            raise self.setup
        return self.setup


def listening(rest: _Rest, *entities: str) -> tuple[TopicListening, _Feed]:
    feed = _Feed()
    return TopicListening(feed, cast("RestClient", rest), entities), feed


def test_setup_settles_it_when_the_subscriptions_stand() -> None:
    names = ("ChangeEvents_LeadChangeEvent", "Ours__chn_TaskChangeEvent", None)
    rest = _Rest(setup={"records": [*({"DeveloperName": name} for name in names), "odd"]})
    heard, feed = listening(rest, "Lead", "Contact", "Task")
    assert (heard.standing, heard.settled) == (False, False)
    for sink in feed.sinks.values():
        sink.feed_started("x")
    heard.note()
    assert (heard.standing, heard.settled) == (True, True)
    found = {one.entity: one.selected for one in heard.facts()}
    assert found == {"Lead": True, "Contact": False, "Task": True}
    assert {one.changed for one in heard.facts()} == {None}
    heard.close()
    assert [handle.stopped for handle in feed.handles] == [[0.0, 2.0]] * 3


@pytest.mark.parametrize("setup", [NotAllowed(), None, [], {"records": None}, "text"])
def test_without_setup_reads_are_compared(setup: Any) -> None:
    rest = _Rest({"Lead": "1", "Contact": "", "Task": "7"}, setup)
    heard, feed = listening(rest, "Lead", "Contact", "Task", "User")
    for sink in feed.sinks.values():
        sink.feed_alive("x", b"mark")
    heard.note()
    assert not heard.settled
    rest.newest |= {"Lead": "2", "Contact": "1"}
    found = {one.entity: (one.changed, one.selected) for one in heard.facts()}
    assert found == {
        "Lead": (True, None),
        "Contact": (True, None),
        "Task": (False, None),
        "User": (None, None),
    }
    event: Any = object()
    feed.sinks[topic_of("Lead")].feed_events("x", [event, event], b"mark")
    lead = heard.facts()[0]
    assert (lead.events, lead.changed, lead.is_silent) == (2, None, False)


def test_ended_subscriptions_are_waited_for_no_longer() -> None:
    heard, feed = listening(_Rest({"Lead": "1"}), "Lead")
    feed.sinks[topic_of("Lead")].feed_ended("x", NotAllowed("No."), mark_unusable=False)
    heard.note()
    assert heard.standing
    assert heard.settled
    [fact] = heard.facts()
    assert (fact.trouble, fact.words, fact.changed) == (T.PERMISSION, "No.", None)


def test_one_event_at_a_time_is_asked_for() -> None:
    assert Ear().free_space() == 1


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("", ""),
        ("http://anna:secret@proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example", "http://proxy.example"),
    ],
)
def test_a_proxy_is_shown_without_its_login(proxy: str, shown: str) -> None:
    assert without_login(proxy) == shown
