"""The API versions this org serves, the list of them, and the resource map of each.

Pure. Sources: REST API guide, Versions and Resources by Version; retirement of versions up to 30.
"""

import re
from typing import Any

from cadence_desk.practice.rest.errors import ApiError, not_found

OLDEST, NEWEST, LAST_RETIRED = 45, 68, 30
_FIRST_YEAR, _FIRST_NUMBER = 2019, 45  # Spring '19
_SEASONS = ("Spring", "Summer", "Winter")
_SEGMENT = re.compile(r"v(\d{1,3})\.0")


def version_list(oldest: int = OLDEST, newest: int = NEWEST) -> list[dict[str, str]]:
    """The served versions, oldest first."""
    return [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(max(oldest, OLDEST), min(newest, NEWEST) + 1)
    ]


def read_version(segment: str, oldest: int = OLDEST, newest: int = NEWEST) -> str:
    """The version of a path segment like `v66.0`.

    Raises ApiError: 410 for a retired version, 404 for everything else that is not served.
    """
    found = _SEGMENT.fullmatch(segment)
    if found is None:
        raise not_found()
    number = int(found.group(1))
    if number <= LAST_RETIRED:
        raise ApiError(410, "UNSUPPORTED_API_VERSION", "API version is retired and no longer available")
    if not max(oldest, OLDEST) <= number <= min(newest, NEWEST):
        raise not_found()
    return f"{number}.0"


def resource_map(version: str) -> dict[str, Any]:
    """Name and address of each resource of a version."""
    names = {
        "limits": "limits",
        "recent": "recent",
        "sobjects": "sobjects",
        "query": "query",
        "queryAll": "queryAll",
        "search": "search",
        "parameterizedSearch": "parameterizedSearch",
        "composite": "composite",
        "actions": "actions",
    }
    base = f"/services/data/v{version}"
    return {name: f"{base}/{path}" for name, path in names.items()}


def _label(number: int) -> str:
    year, season = divmod(number - _FIRST_NUMBER, len(_SEASONS))
    shown = _FIRST_YEAR + year + (1 if season == 2 else 0)  # a Winter release carries the next year
    return f"{_SEASONS[season]} '{shown % 100:02d}"
