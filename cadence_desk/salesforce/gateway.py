"""Everything the engine asks of an org, in one object: the OrgGateway port. May import domain; built by connect."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import AnswerUnreadable, NotAllowed, NotAvailable, OrgRefused
from cadence_desk.domain.orgs import ApiUsage, Capabilities, Identity
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.cadence_reader import CadenceReader
from cadence_desk.salesforce.call_reader import CallReader
from cadence_desk.salesforce.changes_reader import ChangesReader
from cadence_desk.salesforce.rep_reader import RepReader
from cadence_desk.salesforce.soql import SoqlQuery
from cadence_desk.salesforce.step_tasks import StepTasks
from cadence_desk.salesforce.tokens import ids_in

if TYPE_CHECKING:
    from cadence_desk.salesforce.context import OrgContext


class SalesforceGateway(ChangesReader, CadenceReader, CallReader, StepTasks, RepReader):
    """One org, as the signed-in user sees it."""

    def __init__(self, org: OrgContext) -> None:
        super().__init__(org)
        self._identity_lock = threading.Lock()
        self._identity: tuple[str, Identity] | None = None

    def identity(self) -> Identity:
        """Return who is signed in: from userinfo, else from the user's own record."""
        session = self._org.rest.session
        where = session.identity_url + session.instance_url
        with self._identity_lock:
            if self._identity is None or self._identity[0] != where:
                self._identity = (where, self._identify())
            return self._identity[1]

    def capabilities(self) -> Capabilities:
        """Describe actions and objects anew and return what can be used."""
        return self._org.reader.read()

    def usage(self) -> ApiUsage:
        """Return the API meter."""
        return self._org.meter.usage()

    def renew(self) -> None:
        """Renew the session now; raises SignedOut when that is over."""
        self._org.rest.session.renew()

    def sign_out(self) -> bool:
        """Revoke and forget the tokens; return False when the org did not confirm the revoke."""
        return self._org.rest.session.sign_out()

    def _identify(self) -> Identity:
        instance = self._org.rest.session.instance_url
        try:
            (told,) = rows.listed([self._org.rest.get_absolute("/services/oauth2/userinfo", "identity")])
            return Identity(
                rows.record_id(told, "organization_id"),
                rows.record_id(told, "user_id"),
                rows.text(told, "preferred_username"),
                rows.text(told, "name"),
                instance,
            )
        except (NotAllowed, NotAvailable, OrgRefused, AnswerUnreadable):
            return self._identify_by_record(instance)

    def _identify_by_record(self, instance: str) -> Identity:
        """The scope may not cover userinfo: the id URL of the token names org and user."""
        org_id, user_id = ids_in(self._org.rest.session.identity_url)
        query = SoqlQuery("User", ("Id", "Username", "Name")).where("Id", "=", user_id)
        found = self._org.rest.rows(query, "identity")
        row = found[0] if found else {}
        return Identity(
            rows.id_of(org_id),
            rows.id_of(user_id),
            rows.text(row, "Username"),
            rows.text(row, "Name"),
            instance,
        )
