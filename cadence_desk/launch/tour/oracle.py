"""The tour's own eyes on the org: plain reads over https, independent of the app's client.

Uses the standard library only. Every call blocks; the stage runs it in a thread.
"""

from __future__ import annotations

import json
import ssl
import urllib.parse
import urllib.request
from typing import Any

_SECONDS = 30.0


class Oracle:
    """Reads records and steers the practice org through its control surface."""

    def __init__(self, report: dict[str, Any]) -> None:
        self._report = report
        context = ssl.create_default_context(cafile=report["ca_file"])
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Return the records of a SOQL query."""
        address = f"{self._report['rest_url']}/services/data/v66.0/query?" + urllib.parse.urlencode(
            {"q": soql}
        )
        headers = {"Authorization": f"Bearer {self._report['access_token']}"}
        answer = self._json(urllib.request.Request(address, headers=headers))  # noqa: S310 - our own loopback org
        records: list[dict[str, Any]] = answer["records"]
        return records

    def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one order to the control surface."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback org
            f"{self._report['control_url']}{path}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._report['control_secret']}",
                "Content-Type": "application/json",
            },
        )
        return dict(self._json(request))

    def _json(self, request: urllib.request.Request) -> Any:
        with self._opener.open(request, timeout=_SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else {}
