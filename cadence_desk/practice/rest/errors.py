"""The error every REST resource raises, and how errors of the org and of SOQL become one.

Pure. Shapes and statuses: REST API guide, status codes and error responses.
"""

from collections.abc import Sequence
from typing import Any

NO_RESOURCE = "The requested resource does not exist"


class ApiError(Exception):
    """An error answer: HTTP status, error code, message, and the fields it is about."""

    def __init__(self, status: int, code: str, message: str, fields: Sequence[str] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = None if fields is None else list(fields)

    def item(self) -> dict[str, Any]:
        """The element of the error array."""
        shown: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            shown["fields"] = self.fields
        return shown

    def save_item(self) -> dict[str, Any]:
        """The element of a save result's `errors`, which names the code differently."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields or []}


def not_found(message: str = NO_RESOURCE) -> ApiError:
    """404 NOT_FOUND."""
    return ApiError(404, "NOT_FOUND", message)
