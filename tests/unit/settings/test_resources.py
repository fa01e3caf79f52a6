"""Delivered files are found in a checkout, in a wheel and in a frozen app, in this order of nearness."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from cadence_desk.settings import resources
from cadence_desk.settings.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path


def test_a_checkout_has_them_beside_the_package() -> None:
    assert resource_path("proto", "pubsub_api.proto").is_file()
    assert resource_path("proto").is_dir()


def test_an_installed_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "cadence_desk"
    (package / "resources").mkdir(parents=True)
    (package / "resources" / "a.txt").touch()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resource_path("a.txt") == package / "resources" / "a.txt"


@pytest.mark.parametrize("where", ["resources", "cadence_desk/resources"])
def test_a_frozen_app_has_them_where_it_was_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    (tmp_path / where).mkdir(parents=True)
    (tmp_path / where / "b.txt").touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource_path("b.txt") == tmp_path / where / "b.txt"


def test_a_missing_one_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg"):
        resource_path("icons", "none.svg")
