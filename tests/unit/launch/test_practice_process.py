"""How the launcher speaks of its practice org."""

from cadence_desk.launch.practice_process import PracticeProcess

REPORT = {"rest_url": "https://localhost:7001", "rest_http_url": "http://localhost:7002"}


def practice() -> PracticeProcess:
    process = PracticeProcess([])
    process.report = REPORT
    return process


def test_a_browser_gets_the_page_without_the_private_authority() -> None:
    page = practice().for_browser("https://localhost:7001/services/oauth2/authorize?state=1")
    assert page == "http://localhost:7002/services/oauth2/authorize?state=1"


def test_other_addresses_stay_as_they_are() -> None:
    assert practice().for_browser("https://localhost:70012/x") == "https://localhost:70012/x"
    assert practice().for_browser("https://example.com/") == "https://example.com/"
