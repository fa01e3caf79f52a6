"""Puts a desk together over an open profile: files, org, engine. Knows every Qt-free room; called by launch and commands.

Loads the network libraries, so it comes after the first paint; taking the profile's lock is `opening`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.bootstrap.keeping import DeskKeeping
from cadence_desk.bootstrap.machine import MachineClock, MachineEntropy, new_boot_id
from cadence_desk.bootstrap.usage_keeper import UsageKeeper
from cadence_desk.bootstrap.yesterday import CACHE_FILE, Shown, chosen_secrets, known_user
from cadence_desk.desk.desk import Desk
from cadence_desk.desk.parts import DeskParts
from cadence_desk.domain.budget import Budget
from cadence_desk.domain.orgs import WayIn
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.settings.last_user import write_last_user
from cadence_desk.settings.preferences import Preferences
from cadence_desk.settings.usage_log import UsageLog
from cadence_desk.store.backups import remove_file
from cadence_desk.store.cache import CacheFile
from cadence_desk.store.connections import FileOptions
from cadence_desk.store.folders import make_private_folder
from cadence_desk.store.keys import key_name, open_data_key
from cadence_desk.store.outbox import OutboxFile
from cadence_desk.store.owner import Owner
from cadence_desk.store.waiting_lock import WaitingLock
from cadence_desk.sync.engine import Engine
from cadence_desk.sync.parts import EngineOptions, EngineParts, Tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bootstrap.yesterday import Yesterday
    from cadence_desk.domain.budget import EventRate
    from cadence_desk.domain.changes import Change
    from cadence_desk.domain.orgs import Identity
    from cadence_desk.domain.ports import Clock, Entropy
    from cadence_desk.salesforce.connect import OrgConnection
    from cadence_desk.settings.paths import Paths

USAGE_FILE = "usage.json"
SAVE_SECONDS = 0.25
"""In a burst the same rows change again and again, and each commit costs a flush: four a second are enough."""


def engine_options(preferences: Preferences) -> EngineOptions:
    """Return the engine's settings from the user's preferences."""
    return EngineOptions(
        live=preferences.feed_mode != "polling",
        scope=PeopleScope.MINE if preferences.people_scope == "mine" else PeopleScope.ALL,
        poll_seconds=float(preferences.poll_seconds),
        save_seconds=SAVE_SECONDS,
        undo_seconds=float(preferences.undo_seconds),
        budget=Budget(preferences.reserved_percent),
    )


def build_desk(opened: OpenProfile, options: EngineOptions, yesterday: Yesterday | None = None) -> Desk:
    """Return a desk over an open profile, and over the table and the key store of rows that are shown already."""
    profile, paths = opened.profile, opened.paths
    tables = Tables() if yesterday is None else Tables(people=yesterday.people)
    clock, entropy, boot_id = MachineClock(), MachineEntropy(), new_boot_id()
    secrets = chosen_secrets(opened) if yesterday is None else yesterday.secrets
    connection = _connection(opened, secrets, clock, entropy)
    keeper = UsageKeeper(connection.gateway.usage, clock, connection.lanes)
    keeping = DeskKeeping(secrets, connection.stored, clock, connection.lanes)

    def make_engine(identity: Identity, announce: Callable[[Change], None]) -> Engine:
        files = _folder_of(opened, identity)
        keeper.begin(files / USAGE_FILE)
        owner = Owner(identity.organization_id, identity.user_id)
        cipher, shown = (None, Shown()) if yesterday is None else yesterday.hand_over(owner)
        cipher = cipher or open_data_key(files, secrets, key_name(owner), secrets.kind).cipher()
        outbox = OutboxFile(files / "outbox.db", owner, cipher, clock, boot_id, _file_options(paths))
        parts = EngineParts(
            outbox=keeping.begin(outbox),
            cache=CacheFile(_cache_path(files, options), owner, cipher),
            gateway=connection.gateway,
            feed=connection.feed,
            lanes=connection.lanes,
            clock=clock,
            entropy=entropy,
            boot_id=boot_id,
            describes=connection.describes,
            keeps_texts=cipher.durable,
            shown=shown,
        )
        return Engine(parts, options, tables, announce)

    parts = DeskParts(
        profile=profile,
        flow=connection.flow,
        gateway=connection.gateway,
        lanes=connection.lanes,
        clock=clock,
        entropy=entropy,
        tables=tables,
        known_identity=known_user(opened),
        make_engine=make_engine,
        remember=lambda identity: _remember(opened, identity),
        close=lambda: _close(keeper, opened),
        secrets_word=lambda: secrets.word,
        readiness=connection.readiness,
        keeping=keeping,
    )
    return _heard(Desk(parts), keeper.heard, keeping.heard)


def _heard(desk: Desk, *listeners: Callable[[Change], None]) -> Desk:
    for listener in listeners:
        desk.events.subscribe(listener)
    return desk


def _connection(opened: OpenProfile, secrets: ChosenSecrets, clock: Clock, entropy: Entropy) -> OrgConnection:
    from cadence_desk.salesforce.connect import AccessPlan, open_org

    access = AccessPlan(WaitingLock(opened.token_lock).hold, opened.given)
    return open_org(opened.profile, secrets, clock, entropy, access=access)


def _file_options(paths: Paths) -> FileOptions:
    """Return how the outbox is kept, from the user's preferences."""
    return FileOptions(keep_days=float(Preferences.load(paths.preferences).retention_days))


def _folder_of(opened: OpenProfile, identity: Identity) -> Path:
    """Return the private folder of a user's files; made when it is not there."""
    files = opened.paths.files(opened.profile.key, identity.organization_id, identity.user_id)
    make_private_folder(files)
    return files


def _cache_path(files: Path, options: EngineOptions) -> Path:
    """Return where the cache lies; nothing is left of it where it is not wanted."""
    if not options.keeps_cache:
        remove_file(files / CACHE_FILE)
    return files / CACHE_FILE


def build_reading_desk(opened: OpenProfile) -> Desk:
    """Return a desk for commands that only ask the org: its files stay closed, and no lock is needed."""
    return build_desk(opened, EngineOptions())


def _close(keeper: UsageKeeper, opened: OpenProfile) -> None:
    keeper.write()
    opened.close()


def usage_log(opened: OpenProfile, identity: Identity) -> tuple[dict[str, int], EventRate]:
    """Return the calls of the last 24 hours by purpose and the rate of events, as desks of this computer measured them."""
    files = opened.paths.files(opened.profile.key, identity.organization_id, identity.user_id)
    log = UsageLog.load(files / USAGE_FILE)
    return log.calls(MachineClock().wall()), log.rate()


def _remember(opened: OpenProfile, identity: Identity) -> None:
    """Keep who was signed in for the next start; a token from outside may be another's next time."""
    if opened.profile.way_in is not WayIn.TOKEN:
        write_last_user(opened.paths.profile(opened.profile.key), identity)
