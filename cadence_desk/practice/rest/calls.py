"""A REST call and its answer without sockets, so that composite sub-requests run like calls of their own.

Pure. Used by the gateway, the router and every resource module.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cadence_desk.practice.rest.errors import ApiError


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call below a version: `path` starts with a slash and has none at its end."""

    method: str
    path: str
    version: str
    user_id: str
    parameters: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    arguments: Mapping[str, str] = field(default_factory=dict)  # named parts of the path
    base: str = ""  # scheme and host that the client used

    def parameter(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next((value for key, value in self.parameters if key == name), default)

    def parameter_values(self, name: str) -> list[str]:
        """Every value of a repeated query parameter."""
        return [value for key, value in self.parameters if key == name]

    def flag(self, name: str) -> bool:
        """Whether a query parameter says true."""
        return self.parameter(name).lower() == "true"

    def header(self, name: str) -> str:
        """A header by its lower-case name, or the empty text."""
        return self.headers.get(name, "")

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises ApiError JSON_PARSER_ERROR."""
        value = self._json()
        if not isinstance(value, dict):
            raise ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object")
        return value

    def _json(self) -> object:
        if not self.body.strip():
            raise ApiError(
                400,
                "JSON_PARSER_ERROR",
                "The HTTP entity body is required, but this request has no entity body.",
            )
        try:
            value: object = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body is not valid JSON") from error
        return value

    def with_arguments(self, arguments: Mapping[str, str]) -> "ApiCall":
        """The same call with the named parts of its path."""
        return replace(self, arguments=arguments)

    def address(self, tail: str) -> str:
        """The server-relative address of another resource of this version."""
        return f"/services/data/v{self.version}{tail}"

    @property
    def number(self) -> float:
        """The version as a number."""
        return float(self.version)

    @property
    def origin(self) -> str:
        """What change events name as their origin (Change Data Capture guide, ChangeEventHeader)."""
        options = dict(
            part.strip().partition("=")[::2] for part in self.header("sforce-call-options").split(",")
        )
        client = options.get("client", "")
        return f"com/salesforce/api/rest/{self.version}" + (f";client={client}" if client else "")


@dataclass(frozen=True, slots=True)
class ApiReply:
    """Status, JSON value (None for no body) and extra headers."""

    status: int = 200
    value: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def error_reply(errors: Sequence[ApiError]) -> ApiReply:
    """The array-shaped answer of one or more errors, with the status of the first."""
    return ApiReply(errors[0].status, [error.item() for error in errors])
