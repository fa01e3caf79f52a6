"""Verification of servers has no off switch anywhere in the app."""

import re

from tests.house.source_tree import sources

OFF = re.compile(
    r"\bCERT_NONE\b|verify\s*=\s*False|insecure_channel|_create_unverified_context|check_hostname = False"
)
LOOKS_ONLY = "cadence_desk/salesforce/certificates.py"
"""Reads whose certificate is presented, once it was not trusted; sends nothing."""


def test_no_off_switch() -> None:
    found = {
        one.name
        for one in sources("cadence_desk")
        if one.room not in {"wire", "practice"} and OFF.search(one.text)
    }
    assert found == {LOOKS_ONLY}


def test_the_look_sends_no_more_than_a_tunnel_and_a_handshake() -> None:
    (look,) = (one for one in sources("cadence_desk") if one.name == LOOKS_ONLY)
    assert len(re.findall(r"\.send(?:all)?\(|\.write\(", look.text)) == 1
    assert "CONNECT {place}" in look.text
