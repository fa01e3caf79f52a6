"""The meter: calls by purpose, what the org says, events and how long they were followed."""

from __future__ import annotations

from cadence_desk.salesforce.usage import UsageMeter, parse_date
from tests.unit.salesforce.org_fakes import FakeClock


def test_events_and_how_long_they_were_followed() -> None:
    clock = FakeClock()
    meter = UsageMeter(clock)
    meter.stream_opened()
    clock.now += 10
    meter.stream_opened()
    meter.delivered(3)
    clock.now += 10
    meter.stream_closed()
    assert (meter.usage().events, meter.usage().followed_seconds) == (3, 20.0)
    clock.now += 5
    meter.stream_closed()
    clock.now += 100
    assert meter.usage().followed_seconds == 25.0
    meter.stream_opened()
    clock.now += 1
    assert meter.usage().followed_seconds == 26.0


def test_what_the_header_says() -> None:
    meter = UsageMeter(FakeClock())
    meter.answered({"Sforce-Limit-Info": "api-usage=10018/100000; api-bursts=1/750"})
    assert (meter.usage().used, meter.usage().limit) == (10_018, 100_000)
    meter.answered({"Sforce-Limit-Info": "per-app-api-usage=17/250(appName=x)"})
    assert meter.usage().used == 10_018
    meter.answered({})
    assert meter.server_now() is None
    assert parse_date("nonsense") is None
    assert parse_date("Tue, 24 Nov 2026 08:00:00") is None
