"""The client signs in, stays signed in through rotation, and signs out; against a practice org."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import NotAllowed, SignedOut
from cadence_desk.salesforce.connect import open_org
from tests.contract.client_org import (
    Client,
    MemorySecrets,
    PracticeProcess,
    SystemClock,
    SystemEntropy,
    connect,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeProcess]:
    yield from running("--people", "60", "--seed", "3")


@pytest.fixture
def client(practice: PracticeProcess) -> Client:
    return connect(practice)


def test_signing_in_tells_who(practice: PracticeProcess, client: Client) -> None:
    told = client.org.gateway.identity()

    assert told.user_id == practice.ready["user_id"]
    assert told.organization_id == practice.ready["organization_id"]
    assert told.username == practice.ready["username"]
    assert told.display_name
    assert told.instance_url == practice.ready["rest_url"]


def test_nothing_stored_means_nobody_is_signed_in(practice: PracticeProcess) -> None:
    profile = practice.profile()
    org = open_org(profile, MemorySecrets(), SystemClock(), SystemEntropy())

    assert org.flow.resume(profile) is None
    with pytest.raises(SignedOut):
        org.gateway.identity()


def test_denying_is_told(practice: PracticeProcess) -> None:
    import threading

    profile = practice.profile()
    org = open_org(profile, MemorySecrets(), SystemClock(), SystemEntropy())

    def deny(url: str) -> None:
        threading.Thread(target=practice.browse, args=(url,), kwargs={"deny": True}, daemon=True).start()

    with pytest.raises(NotAllowed) as caught:
        org.flow.sign_in(profile, deny, lambda: False)
    assert caught.value.server_code == "access_denied"


def test_canceling_ends_the_wait(practice: PracticeProcess) -> None:
    profile = practice.profile()
    org = open_org(profile, MemorySecrets(), SystemClock(), SystemEntropy())

    with pytest.raises(SignedOut, match="canceled"):
        org.flow.sign_in(profile, lambda _: None, lambda: True)


def test_a_new_refresh_token_is_stored_each_time(practice: PracticeProcess, client: Client) -> None:
    before = client.secrets.kept["test/refresh-token"]
    client.org.gateway.renew()
    after = client.secrets.kept["test/refresh-token"]

    assert json.loads(before)["refresh_token"] != json.loads(after)["refresh_token"]
    again = connect(practice, client.secrets)
    assert again.org.gateway.identity().user_id == practice.ready["user_id"]


def test_an_ended_access_token_is_renewed_once_for_all(practice: PracticeProcess, client: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    client.org.gateway.capabilities()
    practice.control("/tokens", {"action": "expire"})
    written = client.secrets.written

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client.org.gateway.task_statuses(), range(24)))

    assert all(statuses == found[0] for statuses in found)
    assert client.secrets.written == written + 1


def test_using_an_old_refresh_token_ends_the_session(practice: PracticeProcess, client: Client) -> None:
    stolen = MemorySecrets()
    stolen.kept = dict(client.secrets.kept)
    client.org.gateway.renew()

    with pytest.raises(SignedOut):
        connect(practice, stolen)
    with pytest.raises(SignedOut):
        client.org.gateway.renew()
    with pytest.raises(SignedOut):
        client.org.gateway.task_statuses()


def test_signing_out_revokes_and_forgets(client: Client) -> None:
    assert client.org.gateway.sign_out() is True
    assert client.secrets.kept == {}
    with pytest.raises(SignedOut):
        client.org.gateway.identity()


def test_signing_in_again_after_signing_out(practice: PracticeProcess, client: Client) -> None:
    import threading

    client.org.gateway.sign_out()
    client.org.flow.sign_in(
        client.profile,
        lambda url: threading.Thread(target=practice.browse, args=(url,), daemon=True).start(),
        lambda: False,
    )

    assert client.org.gateway.identity().user_id == practice.ready["user_id"]
