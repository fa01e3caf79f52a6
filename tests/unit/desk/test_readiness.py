"""The readiness check over a small fake org: order, refusals, listening with a grace, stopping, and whose lines they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from cadence_desk.desk.events import DeskEvents
from cadence_desk.desk.parts import DeskParts
from cadence_desk.desk.readiness import GRACE_SECONDS, LISTEN_SECONDS, STAND_SECONDS, Readiness
from cadence_desk.desk.session import Session
from cadence_desk.domain.errors import InternalError, OrgRefused, SignedOut, Unreachable
from cadence_desk.domain.readiness.checks import CheckCode, CheckResult
from cadence_desk.domain.readiness.facts import OrgFacts, TopicFacts, Unread
from cadence_desk.sync.parts import Tables
from tests.engine.model_org import IDENTITY
from tests.engine.rig import PROFILE, InlineLanes
from tests.engine.virtual_time import CountedEntropy, SteeredClock, SteeredLoop
from tests.unit.domain.readiness.good_org import good, topic

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.orgs import Identity, OrgProfile

T = TypeVar("T")
LEAD = "Lead"


@dataclass
class FakeListening:
    """Says in order what a test wants heard."""

    org: FakeOrg
    standing: bool = True
    settled: bool = False
    closed: int = 0
    noted_at: float = 0.0

    def note(self) -> None:
        self.noted_at = self.org.clock.monotonic()

    def facts(self) -> tuple[TopicFacts, ...]:
        found = self.org.heard[0]
        if len(self.org.heard) > 1:
            self.org.heard = self.org.heard[1:]
        return found

    def close(self) -> None:
        self.closed += 1


@dataclass
class FakeOrg:
    """A ReadinessSource whose answers a test spoils."""

    clock: SteeredClock
    facts: OrgFacts = field(default_factory=good)
    heard: list[tuple[TopicFacts, ...]] = field(default_factory=list)
    troubles: dict[str, DeskError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refusal: str = ""
    before: Callable[[str], None] = lambda _name: None
    listening: FakeListening | None = None

    def _answer(self, name: str, fact: Any) -> Any:
        self.asked.append(name)
        self.before(name)
        if name in self.troubles:
            raise self.troubles[name]
        return fact

    def versions(self) -> Any:
        return self._answer("versions", self.facts.versions)

    def line(self) -> Any:
        return self._answer("line", self.facts.line)

    def api_refusal(self) -> str:
        return str(self._answer("api", self.refusal))

    def offers(self) -> Any:
        return self._answer("offers", self.facts.offers)

    def user(self) -> Any:
        return self._answer("user", self.facts.user)

    def calls(self) -> Any:
        return self._answer("calls", self.facts.calls)

    def limits(self) -> Any:
        return self._answer("limits", self.facts.limits)

    def several_cadences(self) -> Any:
        return self._answer("several", self.facts.several_cadences)

    def listen(self, entities: Sequence[str]) -> FakeListening:
        assert isinstance(self.facts.topics, tuple)
        self.heard = self.heard or [self.facts.topics]
        assert list(entities) == [one.entity for one in self.facts.topics]
        self.listening = self._answer("listen", self.listening or FakeListening(self, settled=True))
        assert self.listening is not None
        return self.listening


class _Flow:
    """Remembers somebody, or nobody."""

    def __init__(self) -> None:
        self.known: Identity | None = IDENTITY

    def resume(self, profile: OrgProfile) -> Identity | None:
        assert profile is PROFILE
        return self.known

    def sign_in(self, profile: OrgProfile, open_page: Any, cancelled: Any) -> Identity:
        raise AssertionError((profile, open_page, cancelled))


class Checking:
    """A readiness check and everything around it, on steered time."""

    def __init__(self) -> None:
        self.clock = SteeredClock()
        self.org = FakeOrg(self.clock)
        self.flow = _Flow()
        self.loop = SteeredLoop(self.clock)
        self.told: list[tuple[str, int, int]] = []
        self.session = Session(self._parts(self.org), DeskEvents())
        self.readiness = Readiness(self.session)

    def _parts(self, readiness: FakeOrg | None) -> DeskParts:
        nothing: Any = None
        return DeskParts(
            profile=PROFILE,
            flow=self.flow,
            gateway=nothing,
            lanes=InlineLanes(),
            clock=self.clock,
            entropy=CountedEntropy(),
            tables=Tables(),
            known_identity=None,
            make_engine=nothing,
            remember=nothing,
            close=nothing,
            readiness=readiness,
        )

    def do(self, coro: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coro)

    def run(self) -> dict[CheckCode, CheckResult]:
        found = self.do(self.readiness.run(lambda *told: self.told.append(told)))
        return {one.code: one.result for one in found}


@pytest.fixture
def checking() -> Iterator[Checking]:
    made = Checking()
    yield made
    made.loop.close()


def test_everything_is_asked_once_and_progress_is_told(checking: Checking) -> None:
    found = checking.run()
    assert found == dict.fromkeys(CheckCode, CheckResult.PASS)
    org = checking.org
    wanted = ["versions", "line", "api", "listen", "offers", "user", "calls", "several", "limits"]
    assert org.asked == wanted
    assert org.listening is not None
    assert org.listening.closed == 1
    assert [done for _, done, _ in checking.told] == list(range(8))
    assert {total for _, _, total in checking.told} == {8}
    assert checking.readiness.at == checking.clock.wall()
    assert len(checking.readiness.checks) == len(CheckCode)
    assert not checking.readiness.running


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("line", CheckCode.TLS),
        ("offers", CheckCode.CADENCE_ACTIONS),
        ("user", CheckCode.USER_ACTIVE),
        ("calls", CheckCode.TASK_STATUS),
        ("several", CheckCode.SEVERAL_CADENCES),
        ("limits", CheckCode.API_LIMIT),
        ("listen", CheckCode.EVENTS_LEAD),
    ],
)
def test_what_cannot_be_asked_is_unknown_and_the_rest_goes_on(
    checking: Checking, name: str, code: CheckCode
) -> None:
    checking.org.troubles[name] = OrgRefused("Not today.", server_text="NOT TODAY")
    found = checking.run()
    assert found[code] is CheckResult.UNKNOWN
    line = next(one for one in checking.readiness.checks if one.code is code)
    assert "NOT TODAY" in line.seen
    assert CheckResult.PASS in found.values()
    assert checking.org.asked[-1] == "limits"


@pytest.mark.parametrize("name", ["versions", "api", "offers", "limits"])
def test_a_session_that_ends_ends_the_check(checking: Checking, name: str) -> None:
    checking.run()
    before = checking.readiness.checks
    checking.org.troubles[name] = SignedOut()
    with pytest.raises(SignedOut):
        checking.run()
    assert checking.readiness.checks == before
    assert not checking.readiness.running
    assert checking.org.listening is not None
    assert checking.org.listening.closed == (2 if name in {"offers", "limits"} else 1)


def test_an_org_that_is_not_there_is_an_error(checking: Checking) -> None:
    checking.org.troubles["versions"] = Unreachable()
    with pytest.raises(Unreachable):
        checking.run()


def test_an_api_that_cannot_be_used_is_asked_nothing_more(checking: Checking) -> None:
    facts = checking.org.facts
    assert not isinstance(facts.versions, Unread)
    checking.org.facts = replace(facts, versions=replace(facts.versions, used=0))
    found = checking.run()
    assert found[CheckCode.API_VERSION] is CheckResult.FAIL
    assert checking.org.asked == ["versions", "line"]
    checking.org.facts, checking.org.refusal = good(), "The API is off."
    found = checking.run()
    assert found[CheckCode.API_ACCESS] is CheckResult.FAIL
    assert found[CheckCode.CADENCE_ACTIONS] is CheckResult.UNKNOWN
    assert checking.org.asked[2:] == ["versions", "line", "api"]


def heard(*, changed: bool, events: int = 0) -> tuple[TopicFacts, ...]:
    facts = topic(good(), LEAD, selected=None, changed=changed, events=events)
    assert isinstance(facts.topics, tuple)
    return facts.topics


@pytest.mark.parametrize(
    ("rounds", "result", "seconds"),
    [
        ([heard(changed=False)], CheckResult.UNKNOWN, LISTEN_SECONDS),
        ([heard(changed=True), heard(changed=True)], CheckResult.WARN, LISTEN_SECONDS + GRACE_SECONDS),
        (
            [heard(changed=True), heard(changed=True, events=1)],
            CheckResult.PASS,
            LISTEN_SECONDS + GRACE_SECONDS,
        ),
    ],
)
def test_a_change_without_event_gets_a_grace(
    checking: Checking, rounds: list[tuple[TopicFacts, ...]], result: CheckResult, seconds: float
) -> None:
    checking.org.heard = rounds
    checking.org.listening = FakeListening(checking.org)
    began = checking.clock.monotonic()
    assert checking.run()[CheckCode.EVENTS_LEAD] is result
    assert seconds <= checking.clock.monotonic() - began < seconds + 1


def test_a_change_of_the_last_moment_is_not_held_against_the_org(checking: Checking) -> None:
    silent = topic(good(), "Contact", selected=None, changed=True)
    both = topic(silent, LEAD, selected=None, changed=True)
    first = topic(silent, LEAD, selected=None, changed=False)
    assert isinstance(first.topics, tuple)
    assert isinstance(both.topics, tuple)
    checking.org.heard = [first.topics, both.topics]
    checking.org.listening = FakeListening(checking.org)
    found = checking.run()
    assert found[CheckCode.EVENTS_CONTACT] is CheckResult.WARN
    assert found[CheckCode.EVENTS_LEAD] is CheckResult.UNKNOWN, "its event may still be on its way"


def test_headers_that_come_late_are_not_waited_for_without_end(checking: Checking) -> None:
    checking.org.listening = FakeListening(checking.org, standing=False, settled=True)
    began = checking.clock.monotonic()
    checking.run()
    noted = checking.org.listening.noted_at - began
    assert STAND_SECONDS <= noted < STAND_SECONDS + 1


def test_it_can_be_stopped_between_two_questions(checking: Checking) -> None:
    checking.run()
    before = checking.readiness.checks
    checking.org.before = lambda name: checking.readiness.cancel() if name == "user" else None
    found = checking.do(checking.readiness.run())
    assert tuple(found) == before
    assert checking.org.asked[-1] == "user"
    assert checking.org.listening is not None
    assert checking.org.listening.closed == 2
    checking.org.before = lambda _name: None
    assert checking.run()


def test_one_run_at_a_time(checking: Checking) -> None:
    checking.readiness.running = True
    assert checking.run() == {}
    assert checking.org.asked == []


def test_lines_belong_to_who_asked(checking: Checking) -> None:
    checking.run()
    assert checking.readiness.checks
    checking.session.identity = IDENTITY
    assert checking.readiness.checks == ()


def test_the_command_line_comes_in_without_an_engine(checking: Checking) -> None:
    assert checking.do(checking.readiness.enter()) == IDENTITY
    checking.flow.known = None
    with pytest.raises(SignedOut, match="not signed in to this org"):
        checking.do(checking.readiness.enter())


def test_a_desk_without_a_source_has_nothing_to_check(checking: Checking) -> None:
    checking.session.parts = checking._parts(None)
    with pytest.raises(InternalError):
        checking.run()
    with pytest.raises(InternalError):
        checking.do(checking.readiness.limits())


def test_allowances_alone_are_one_question(checking: Checking) -> None:
    found = checking.do(checking.readiness.limits())
    assert found == checking.org.facts.limits
    assert checking.org.asked == ["limits"]
