"""How often the org is read while no events come."""

from cadence_desk.sync.polling import PollPace


def test_often_while_something_happens_and_seldom_while_nothing_does() -> None:
    pace = PollPace(15.0, 120.0)
    assert pace.seconds == 15.0
    assert not pace.is_quiet
    seen = []
    for _ in range(5):
        pace.was_read(news=False)
        seen.append(pace.seconds)
    assert seen == [30.0, 60.0, 120.0, 120.0, 120.0]
    assert [pace.is_quiet] == [True]  # a list: a type checker takes a property for a constant
    pace.was_read(news=True)
    assert pace.seconds == 15.0
    pace.was_read(news=False)
    pace.restart()
    assert pace.seconds == 15.0


def test_a_wished_pause_is_the_shortest_and_may_be_the_longest() -> None:
    pace = PollPace(600.0, 120.0)
    pace.was_read(news=False)
    assert pace.seconds == 600.0
    assert not pace.is_quiet
