"""The error tree of the desk. Imports no other room; raised everywhere, shown by ui.present_error only.

DeskError
├─ OrgError     SignedOut · NotAllowed (ShutOut) · NotAvailable · OrgRefused · OrgBusy · AnswerUnreadable
├─ LinkError    Unreachable · Untrusted · ProxyProblem · AnswerLost
├─ StoreError   DiskFull · FileBusy · FileDamaged · FileTooNew · WrongOwner
├─ SecretError  KeyStoreMissing · KeyStoreLocked · KeyStoreUnsafe · KeyLost
├─ InputError   BadFile · BadValue
└─ InternalError  a bug: crashed task, broken invariant
"""

from __future__ import annotations

from enum import Enum


class Executed(Enum):
    """Whether the org may have carried out what was asked: the only thing the state machine reads."""

    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"


class Retry(Enum):
    """When the same request may be tried again."""

    NEVER = "never"
    AT_ONCE = "at_once"
    LATER = "later"
    AFTER_SIGN_IN = "after_sign_in"


class DeskError(Exception):
    """A problem that can be told to a person in one sentence.

    Attributes:
        code: stable short code shown beside the text, such as ``CD-1042``.
        title: the problem in a few words.
        hint: what the reader can do; may be empty.
        server_text: the org's own words, kept exactly; may be empty. Never logged.
        server_code: the org's own code (``INVALID_FIELD`` and the like); may be empty.
        retry: when trying again makes sense.
        executed: whether the org may have carried out the request.
        retry_after: seconds that the server asked to wait; 0 when it did not.
    """

    code = "CD-1000"
    title = "Something went wrong"
    retry = Retry.NEVER
    executed = Executed.NO
    retry_after = 0.0

    def __init__(
        self,
        message: str = "",
        *,
        hint: str = "",
        server_text: str = "",
        server_code: str = "",
        retry: Retry | None = None,
        executed: Executed | None = None,
    ) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.hint = hint
        self.server_text = server_text
        self.server_code = server_code
        if retry is not None:
            self.retry = retry
        if executed is not None:
            self.executed = executed


class OrgError(DeskError):
    """The org answered, and the answer is no or unusable."""

    code = "CD-1100"
    title = "Salesforce answered with an error"


class SignedOut(OrgError):
    """The session is over and could not be renewed."""

    code = "CD-1101"
    title = "You are signed out"
    retry = Retry.AFTER_SIGN_IN


class NotAllowed(OrgError):
    """This user may not do this."""

    code = "CD-1102"
    title = "Your Salesforce user may not do this"


class ShutOut(NotAllowed):
    """Nothing of this kind gets in for this user: the API is off, or a permission or a license is missing.

    It says nothing about the record that was asked for, so what waits goes on waiting until an admin has seen to it.
    """

    code = "CD-1107"
    title = "Salesforce does not allow this to your user"


class NotAvailable(OrgError):
    """The org does not have what was asked for."""

    code = "CD-1103"
    title = "This org does not offer that"


class OrgRefused(OrgError):
    """A definite no for this request."""

    code = "CD-1104"
    title = "Salesforce refused"


class OrgBusy(OrgError):
    """The org asks to come back later; nothing was carried out."""

    code = "CD-1105"
    title = "Salesforce is busy"
    retry = Retry.LATER


class AnswerUnreadable(OrgError):
    """An answer arrived and cannot be understood."""

    code = "CD-1106"
    title = "Salesforce's answer could not be read"
    retry = Retry.LATER
    executed = Executed.UNKNOWN


class LinkError(DeskError):
    """The line between this computer and the org."""

    code = "CD-1200"
    title = "The connection failed"
    retry = Retry.LATER


class Unreachable(LinkError):
    """No connection could be made; no byte of the request left."""

    code = "CD-1201"
    title = "Salesforce cannot be reached"


class Untrusted(LinkError):
    """The other side's certificate is not trusted."""

    code = "CD-1202"
    title = "The server's certificate is not trusted"
    retry = Retry.NEVER


class ProxyProblem(LinkError):
    """The proxy refused or asks for credentials."""

    code = "CD-1203"
    title = "The proxy refused the connection"


class AnswerLost(LinkError):
    """The request left and no usable answer came back."""

    code = "CD-1204"
    title = "No answer came back"
    executed = Executed.UNKNOWN


class StoreError(DeskError):
    """The files on this computer."""

    code = "CD-1300"
    title = "The files on this computer could not be used"


class DiskFull(StoreError):
    """No room for a commit; nothing was sent."""

    code = "CD-1301"
    title = "The disk is full"
    retry = Retry.LATER


class FileBusy(StoreError):
    """Another process holds the profile."""

    code = "CD-1302"
    title = "This profile is open in another window"
    retry = Retry.LATER


class FileDamaged(StoreError):
    """A file does not pass its check."""

    code = "CD-1303"
    title = "A file of this profile is damaged"


class FileTooNew(StoreError):
    """The file was written by a newer version."""

    code = "CD-1304"
    title = "This profile was written by a newer Cadence Desk"


class WrongOwner(StoreError):
    """The file belongs to another org or user."""

    code = "CD-1305"
    title = "This file belongs to another org or user"


class SecretError(DeskError):
    """The key store of the operating system."""

    code = "CD-1400"
    title = "The key store could not be used"


class KeyStoreMissing(SecretError):
    """No usable key store on this computer."""

    code = "CD-1401"
    title = "This computer has no usable key store"


class KeyStoreLocked(SecretError):
    """The key store is locked or its prompt was dismissed."""

    code = "CD-1402"
    title = "The key store is locked"
    retry = Retry.LATER


class KeyStoreUnsafe(SecretError):
    """The key store would lose or leak secrets."""

    code = "CD-1403"
    title = "The key store on this computer is not safe"


class KeyLost(SecretError):
    """The key of the profile is gone."""

    code = "CD-1404"
    title = "The key of this profile is missing"


class InputError(DeskError):
    """What was typed, pasted or dropped."""

    code = "CD-1500"
    title = "That cannot be used"


class BadFile(InputError):
    """A file that cannot be read as what it should be."""

    code = "CD-1501"
    title = "The file cannot be read"


class BadValue(InputError):
    """One value that is not what it should be."""

    code = "CD-1502"
    title = "That value cannot be used"


class InternalError(DeskError):
    """A bug: a crashed task or a broken invariant."""

    code = "CD-1900"
    title = "Cadence Desk made a mistake"
    executed = Executed.UNKNOWN
