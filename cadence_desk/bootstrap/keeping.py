"""Keeps a running desk's files and keys in order, and knows what has to be told about them.

Built by compose. `heard` runs on the loop thread and only hands work to lanes and to the outbox's own thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.notices import Notice
from cadence_desk.domain.ports import LaneName

if TYPE_CHECKING:
    from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
    from cadence_desk.domain.changes import Change
    from cadence_desk.domain.ports import Clock, KeptSignIn, Lanes
    from cadence_desk.store.outbox import OutboxFile

HOUSE_SECONDS = 3600.0
TOKEN_SECONDS = 60.0
PROMPT_SECONDS = 1.5
"""A key store that answers without asking anybody takes less."""


class DeskKeeping:
    """One per desk; `begin` names the outbox once it is known who is signed in."""

    def __init__(self, secrets: ChosenSecrets, sign_in: KeptSignIn, clock: Clock, lanes: Lanes) -> None:
        self._secrets = secrets
        self._sign_in = sign_in
        self._clock = clock
        self._lanes = lanes
        self._outbox: OutboxFile | None = None
        self._next_house = clock.monotonic() + HOUSE_SECONDS
        self._next_token = clock.monotonic() + TOKEN_SECONDS

    def begin(self, outbox: OutboxFile) -> OutboxFile:
        """Keep this outbox from now on and return it."""
        self._outbox = outbox
        return outbox

    def heard(self, _change: Change) -> None:
        """Something happened: do what is due."""
        now = self._clock.monotonic()
        if self._outbox is not None and now >= self._next_house:
            self._next_house = now + HOUSE_SECONDS
            self._outbox.keep_house()
        if self._sign_in.unsaved and now >= self._next_token:
            self._next_token = now + TOKEN_SECONDS
            self._lanes.run(LaneName.KEYS, self._sign_in.store_again)

    @property
    def waits(self) -> bool:
        """True while the key store has not answered for a moment: it may be asking a person."""
        return self._secrets.waiting > PROMPT_SECONDS

    def stop_waiting(self) -> None:
        """Give up waiting for the key store."""
        self._secrets.stop_waiting()

    def notices(self) -> list[Notice]:
        """Return what has to be told now."""
        found = [self._session_only(), self._sign_in_again(), *self._of_outbox()]
        return [one for one in found if one is not None]

    def _session_only(self) -> Notice | None:
        if not self._secrets.word:
            return None
        return Notice(
            "NOTICE-SESSION-ONLY",
            "This computer has no key store",
            "What you type is kept until you quit and not longer: a call counts once Salesforce has it, and you sign in "
            "at each start. Start with --key-file FILE to keep it, or set up a key store.",
        )

    def _sign_in_again(self) -> Notice | None:
        if not self._sign_in.unsaved:
            return None
        return Notice(
            "NOTICE-SIGN-IN-AGAIN",
            "You will have to sign in again",
            "The key store did not take the new sign-in. It holds while this window is open, and storing it is tried "
            "every minute.",
            bad=True,
        )

    def _of_outbox(self) -> list[Notice]:
        if self._outbox is None:
            return []
        report, found = self._outbox.report, []
        if report.note:
            found.append(Notice("NOTICE-NETWORK", "This profile lies on a network folder", report.note))
        if report.lost is not None:
            number = sum(report.lost.states.values())
            found.append(
                Notice(
                    "NOTICE-UNREADABLE",
                    f"{number} of your changes cannot be read",
                    "Their key is gone. They are in the Outbox under “Needs a person”: look in Salesforce whether they "
                    "are there. What waited and ended with an earlier session was canceled.",
                    bad=True,
                )
            )
        if report.taken_back:
            found.append(
                Notice(
                    "NOTICE-TAKEN-BACK",
                    f"{report.taken_back} of your changes were taken back",
                    "The disk failed while they were saved, and you were told so. They were not sent.",
                    bad=True,
                )
            )
        return found
