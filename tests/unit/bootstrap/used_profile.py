"""A profile that was used yesterday, with its files as a desk leaves them: nobody has to sign in for that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.bootstrap.opening import OpenProfile, look_into_profile
from cadence_desk.bootstrap.yesterday import CACHE_FILE
from cadence_desk.domain.orgs import Identity, OrgProfile
from cadence_desk.domain.record_ids import parse_record_id
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.last_user import write_last_user
from cadence_desk.settings.paths import Paths
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.store.folders import make_private_folder
from cadence_desk.store.keys import key_name, open_data_key
from cadence_desk.store.owner import Owner
from tests.unit.store.desk_files import done
from tests.unit.store.test_cache import PERSON, TRACKER, cache

if TYPE_CHECKING:
    from pathlib import Path

IDENTITY = Identity(
    parse_record_id("00D000000000001"),
    parse_record_id("005000000000001"),
    "rep@acme.test",
    "Rep",
    "https://acme.test",
)
OWNER = Owner(IDENTITY.organization_id, IDENTITY.user_id)
OTHER = Owner(IDENTITY.organization_id, parse_record_id("005000000000009"))
ANN = replace(PERSON, name="Ann", is_deleted=False)


def used_profile(folder: Path) -> OpenProfile:
    """Make a profile that was used yesterday: one person in a cadence, one who is gone."""
    profile = OrgProfile(
        "one", "One", "https://login.example.com", "client", ("http://localhost:1717/callback",)
    )
    found = look_into_profile(profile, Paths(folder), folder / "secrets.key")
    files = found.paths.files("one", OWNER.org_id, OWNER.user_id)
    make_private_folder(files)
    write_last_user(found.paths.profile("one"), IDENTITY)
    key = open_data_key(files, KeyFileSecrets(folder / "secrets.key"), key_name(OWNER))
    file = cache(files / CACHE_FILE, OWNER, with_cipher=key.cipher())
    done(file.open())
    gone = replace(PERSON, id=parse_record_id("00Q000000000002"))
    done(file.save(CacheBatch(people=[ANN, gone], trackers=[TRACKER])))
    assert file.close(30)
    return found
