"""A served practice org for every OAuth test."""

from collections.abc import Iterator

import pytest

from tests.unit.practice.rest.served import ServedOrg, served_org


@pytest.fixture
def api() -> Iterator[ServedOrg]:
    with served_org() as served:
        yield served
