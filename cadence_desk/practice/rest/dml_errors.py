"""The HTTP answer of a write that the org refused.

Pure table. Sources: REST API guide, status codes; facts of the emulators on missing records (PATCH and DELETE of a
missing id give INVALID_CROSS_REFERENCE_KEY, GET gives NOT_FOUND).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cadence_desk.practice.org.values import DmlError
from cadence_desk.practice.rest.errors import ApiError

_NOT_THERE: Final = frozenset({"NOT_FOUND", "ENTITY_IS_DELETED"})


def api_error(problem: DmlError, *, about_target: bool = False) -> ApiError:
    """The error answer. `about_target`: the record named in the address, not a reference in the body."""
    status = 404 if about_target and problem.status_code in _NOT_THERE else 400
    fields = list(problem.fields)
    return ApiError(status, problem.status_code, problem.message, fields)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a DmlError inside into an ApiError."""
    try:
        yield
    except DmlError as problem:
        raise api_error(problem) from problem
