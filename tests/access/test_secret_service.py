"""The key store of Linux desktops for real: a Secret Service on a bus of our own, as it is used, locked, dying and exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
from cadence_desk.bootstrap.mending import ProfileMending
from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.errors import KeyStoreLocked, SecretError
from cadence_desk.domain.mending import Remedy
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.orgs import Identity, OrgProfile
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.paths import Paths
from cadence_desk.settings.secret_stores import KeyringSecrets, choose_secrets, find_backend
from cadence_desk.store.keys import KEY_FILE, open_data_key, read_entries
from tests.access.secret_service import SecretService, missing
from tests.unit.store.desk_files import OWNER, done, enrollment, opened, operation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

S = OperationState
PROFILE = OrgProfile("acme", "Acme", "https://acme.example", "id", ())
WHO = Identity(OWNER.org_id, OWNER.user_id, "rep@acme.example", "Rep", "https://acme.example")  # type: ignore[arg-type]
NAME = f"data-key-{OWNER.org_id}-{OWNER.user_id}"

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"no Secret Service can be started here: {missing()}"),
    # keyring leaves its connection to the bus open when a call fails
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    folder = tmp_path / "session"
    folder.mkdir()
    one = SecretService(folder)
    try:
        one.start()
        for name, value in one.environment.items():
            monkeypatch.setenv(name, value)
        yield one
    finally:
        one.stop()


def made_profile(paths: Paths, secrets: ChosenSecrets) -> Path:
    """Return the folder of a user whose notes are sealed under the key store."""
    paths.ensure()
    folder = paths.files(PROFILE.key, OWNER.org_id, OWNER.user_id)
    cipher = open_data_key(folder, secrets, NAME, secrets.kind).cipher()
    with opened(folder / "outbox.db", with_cipher=cipher) as file:
        done(file.add([operation("note", state=S.QUEUED), enrollment("add", target_id="00Q2", payload={})]))
    return folder


def test_what_is_stored_is_read_by_the_next_start(service: SecretService) -> None:
    store, word = choose_secrets("Cadence Desk test")
    assert (store.kind, store.durable, word) == ("SecretService.Keyring", True, "")
    store.write("acme/refresh-token", "a secret")
    assert choose_secrets("Cadence Desk test")[0].read("acme/refresh-token") == "a secret"
    assert choose_secrets("Cadence Desk other")[0].read("acme/refresh-token") is None
    store.delete("acme/refresh-token")
    store.delete("acme/refresh-token")
    assert store.read("acme/refresh-token") is None
    assert service.labels() == [], "probes leave nothing"


def test_a_locked_collection_is_told_and_nothing_is_made_anew(service: SecretService) -> None:
    store, _ = choose_secrets("Cadence Desk test")
    store.write("a", "1")
    service.lock()
    with pytest.raises(KeyStoreLocked):
        store.read("a")
    with pytest.raises(KeyStoreLocked):
        choose_secrets("Cadence Desk test")


def test_a_service_that_dies_in_mid_session_fails_in_words_and_works_again_when_it_is_back(
    service: SecretService,
) -> None:
    store = KeyringSecrets(find_backend(), "Cadence Desk test")
    store.write("a", "1")
    service.kill_daemon()
    with pytest.raises(SecretError):
        store.read("a")
    with pytest.raises(SecretError):
        store.write("a", "2")
    with pytest.raises(SecretError):
        store.probe()
    service.start_daemon()
    assert store.read("a") == "1"


def test_a_service_that_is_gone_at_the_next_start_loses_nothing(
    service: SecretService, tmp_path: Path
) -> None:
    paths = Paths(tmp_path / "home-of-the-desk")
    folder = made_profile(paths, ChosenSecrets("Cadence Desk test", None))
    before = (folder / "outbox.db").read_bytes(), (folder / KEY_FILE).read_bytes()
    service.kill_daemon()
    opened_profile = open_profile(PROFILE, paths)
    try:
        gone = ProfileMending(opened_profile, WHO, ChosenSecrets("Cadence Desk test", None))
        trouble = gone.look()
        assert trouble is not None
        assert trouble.facts[0].startswith("Key store before: SecretService.Keyring with key ")
        assert trouble.facts[1] == "Key store now: none: this session only with no key"
        assert "1 note to 00Q000000000001AAA cannot be read" in trouble.facts
        assert ((folder / "outbox.db").read_bytes(), (folder / KEY_FILE).read_bytes()) == before
        service.start_daemon()
        gone.apply(Remedy.RETRY)
        assert gone.look() is None
    finally:
        opened_profile.close()


def test_another_back_end_than_before_is_named_and_its_key_file_too(
    service: SecretService, tmp_path: Path
) -> None:
    paths = Paths(tmp_path / "home-of-the-desk")
    folder = made_profile(paths, ChosenSecrets("Cadence Desk test", None))
    key_file = tmp_path / "keys.json"
    opened_profile = open_profile(PROFILE, paths, key_file)
    try:
        mending = ProfileMending(opened_profile, WHO)
        trouble = mending.look()
        assert trouble is not None
        assert trouble.facts[1] == "Key store now: key file with no key"
        assert KeyFileSecrets(key_file).read(NAME) is None, "nothing is made anew"
        mending.apply(Remedy.WITHOUT_TEXTS)
        assert mending.look() is None
    finally:
        opened_profile.close()
    assert [one.store for one in read_entries(folder / KEY_FILE, NAME)] == [
        "key file",
        "SecretService.Keyring",
    ]
    again = open_data_key(folder, ChosenSecrets("Cadence Desk test", key_file), NAME).cipher()
    with opened(folder / "outbox.db", with_cipher=again) as file:
        kept = {one.op_id: one.state for one in done(file.load())}
    assert kept == {"note": S.NEEDS_REVIEW, "add": S.QUEUED}
