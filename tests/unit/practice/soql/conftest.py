"""One small org for all query tests; a test that changes it builds its own."""

from collections.abc import Iterator

import pytest

from tests.unit.practice.soql.small_org import Desk, build_desk


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    built = build_desk()
    yield built
    built.org.store.close()


@pytest.fixture
def own_desk() -> Iterator[Desk]:
    built = build_desk()
    yield built
    built.org.store.close()
