"""The rolling delivery allowance."""

from cadence_desk.practice.events.allowance import DAY_MS, DeliveryAllowance


def test_a_delivery_counts_for_a_day() -> None:
    allowance = DeliveryAllowance(limit=100)
    allowance.spend(60, 0)
    allowance.spend(30, 3_600_000)
    assert allowance.remaining(3_600_000) == 10
    assert allowance.remaining(DAY_MS + 120_000) == 70
    assert allowance.remaining(2 * DAY_MS) == 100


def test_it_never_goes_below_nothing() -> None:
    allowance = DeliveryAllowance(limit=5)
    allowance.spend(9, 0)
    assert allowance.remaining(0) == 0
