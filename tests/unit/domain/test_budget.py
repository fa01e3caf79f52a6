"""What may be spent of an org's daily calls, and what change events cost."""

import pytest

from cadence_desk.domain.budget import Budget, EventRate, forecast, meter_words
from cadence_desk.domain.orgs import ApiUsage


@pytest.mark.parametrize(
    ("used", "limit", "reserved", "left", "holds"),
    [
        (0, 0, 0, 0, False),
        (5, 0, 0, 0, False),
        (0, 100, 20, 80, False),
        (79, 100, 20, 1, False),
        (80, 100, 20, 0, True),
        (100, 100, 20, 0, True),
        (140, 100, 20, 0, True),
        (1, 3, 1, 1, False),
    ],
)
def test_a_part_is_kept(used: int, limit: int, reserved: int, left: int, holds: bool) -> None:
    budget, usage = Budget(20), ApiUsage(used, limit)
    assert (budget.reserved(usage), budget.left(usage), budget.holds_background(usage)) == (
        reserved,
        left,
        holds,
    )


def test_nothing_is_kept_at_zero_percent() -> None:
    assert not Budget(0).holds_background(ApiUsage(99, 100))
    assert Budget(0).holds_background(ApiUsage(100, 100))


def test_the_words_name_the_figures() -> None:
    told = Budget(25).words(ApiUsage(76_000, 100_000))
    assert "76,000 of 100,000" in told
    assert "last 25 %" in told


def test_a_rate_for_a_day_of_work() -> None:
    assert EventRate().per_day == 0
    assert EventRate(60, 3600).per_day == 600
    assert not EventRate(60, 599).is_sure
    assert EventRate(60, 600).is_sure


def test_two_hundred_desks_on_a_small_allowance_are_told_to_poll() -> None:
    usage = ApiUsage(1000, 1_000_000)
    plan = forecast(EventRate(100, 3600), 200, 50_000, usage, Budget())
    assert plan.deliveries == 200_000
    assert not plan.live_is_affordable
    assert plan.polling_is_affordable
    assert "200,000 event deliveries a day, but the org may have 50,000" in plan.words
    assert "Use polling" in plan.words


def test_few_desks_may_stay_live() -> None:
    plan = forecast(EventRate(100, 3600), 5, 50_000, ApiUsage(1, 100_000), Budget())
    assert plan.live_is_affordable
    assert "5,000 event deliveries a day of 50,000: live updates are affordable" in plan.words


def test_where_neither_fits_both_figures_are_told() -> None:
    plan = forecast(EventRate(100, 3600), 200, 50_000, ApiUsage(1, 100_000), Budget())
    assert not plan.polling_is_affordable
    assert f"{plan.polls:,} API calls a day of 80,000" in plan.words


def test_the_meter_in_sentences() -> None:
    budget = Budget()
    told = meter_words(ApiUsage(1234, 100_000), budget)
    assert told == "1,234 of the org's 100,000 API calls of the last 24 hours are used; 20,000 are kept."
    assert "has not told its limit" in meter_words(ApiUsage(by_purpose={"people": 7}), budget)
    followed = meter_words(ApiUsage(1, 10, events=30, followed_seconds=300.0), budget)
    assert "30 change events were delivered to this desk: about 3,600 a day, a first guess." in followed
    assert "guess" not in meter_words(ApiUsage(1, 10, events=30, followed_seconds=900.0), budget)


def test_what_the_org_does_not_tell_is_said() -> None:
    plan = forecast(EventRate(1, 3600), 1, 0, ApiUsage(), Budget())
    assert plan.live_is_affordable
    assert plan.polling_is_affordable
    assert "1 desk would use about 10 event deliveries a day. The org did not tell" in plan.words
