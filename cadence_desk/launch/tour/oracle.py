"""The tour's own eyes and hands on the org: plain REST over https, independent of the app's client.

Uses the standard library only. Every call blocks; the stage runs it in a thread.
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

_SECONDS = 30.0
_VERSIONS = (60, 68)
"""API versions whose queries and record calls are those that are made here."""
_SAID = 300


class OracleRefused(Exception):
    """The org refused a plain call; the text is its own."""


@dataclass(frozen=True, slots=True)
class OracleAddress:
    """How the oracle reaches the org; without a control address the org cannot be steered."""

    origin: str
    token: str = field(repr=False)
    ca_file: str = ""
    control_url: str = ""
    control_secret: str = field(default="", repr=False)


class Oracle:
    """Reads records, changes one as a colleague would, and steers the org where it can be steered."""

    def __init__(self, address: OracleAddress) -> None:
        self._address = address
        context = ssl.create_default_context()
        if address.ca_file:
            context.load_verify_locations(cafile=address.ca_file)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}) if _is_here(address.origin) else urllib.request.ProxyHandler(),
            urllib.request.HTTPSHandler(context=context),
        )
        self._root = ""
        self._fields: dict[str, dict[str, dict[str, Any]]] = {}

    @property
    def steers(self) -> bool:
        """True when the org has a control surface."""
        return bool(self._address.control_url)

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Return the records of a SOQL query, of its first page."""
        answer = self._rest("GET", "/query?" + urllib.parse.urlencode({"q": soql}))
        records: list[dict[str, Any]] = answer["records"]
        return records

    def fields(self, sobject: str) -> dict[str, dict[str, Any]]:
        """Return an object's fields by name, as the org describes them; none when it cannot be seen."""
        if sobject not in self._fields:
            try:
                told = self._rest("GET", f"/sobjects/{sobject}/describe")["fields"]
            except OracleRefused:
                told = []
            self._fields[sobject] = {one["name"]: one for one in told}
        return self._fields[sobject]

    def selected(self) -> frozenset[str] | None:
        """Return the objects that Setup selects for change events; None when this user may not see Setup.

        Source: Tooling API, PlatformEventChannelMember; the developer name ends in the object's event.
        """
        try:
            told = self._rest("GET", "/tooling/query?q=SELECT+DeveloperName+FROM+PlatformEventChannelMember")
            names = [str(one["DeveloperName"]) for one in told["records"]]
        except (OracleRefused, KeyError, TypeError):
            return None
        return frozenset(one.partition("_")[2].removesuffix("ChangeEvent") for one in names)

    def change(self, sobject: str, record_id: str, values: dict[str, Any]) -> None:
        """Change one record with a call of its own, as any other user's client would."""
        self._rest("PATCH", f"/sobjects/{sobject}/{record_id}", values)

    def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one order to the control surface."""
        answer = self._call("POST", self._address.control_url + path, self._address.control_secret, body)
        return dict(answer)

    def _rest(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        if not self._root:
            self._root = f"{self._address.origin}{self._newest()}"
        return self._call(method, self._root + path, self._address.token, body)

    def _newest(self) -> str:
        listed = self._call("GET", f"{self._address.origin}/services/data/", self._address.token)
        lowest, highest = _VERSIONS
        known = {float(one["version"]): str(one["url"]) for one in listed}
        fitting = [version for version in known if lowest <= version <= highest]
        if not fitting:
            raise OracleRefused("the org offers no API version that the tour knows")
        return known[max(fitting)]

    def _call(self, method: str, address: str, bearer: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the org and its control port only, by a fixed address
            address,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                told = refusal.read(_SAID).decode(errors="replace")
            raise OracleRefused(f"{method} answered {refusal.code}: {told}") from None
        return json.loads(text) if text else {}


def _is_here(origin: str) -> bool:
    return (urllib.parse.urlsplit(origin).hostname or "") in {"localhost", "127.0.0.1", "::1"}
