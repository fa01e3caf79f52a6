"""The one file that opens anything outside this program, and what lets web pages through. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.ui.kit.banner_bar import BannerBar
    from cadence_desk.ui.kit.workplace import Workplace

_SCHEMES = ("https://", "tel:", "mailto:")


def open_url(address: str) -> None:
    """Hand an address that was judged to the computer."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    if address.startswith(_SCHEMES):
        QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode))


def checked_opener(
    open_page: Callable[[str], None], bar: BannerBar, place: Callable[[], Workplace | None]
) -> Callable[[str], None]:
    """Return a way to open web pages that lets only those of the open org through and tells about others."""

    def open_checked(address: str) -> None:
        from cadence_desk.domain.addresses import web_address

        try:
            open_page(web_address(address, own_hosts(place())))
        except BadValue as error:
            bar.show_error(error)

    return open_checked


def own_hosts(place: Workplace | None) -> list[str]:
    """Return the hosts that belong to the open org, with their ports."""
    if place is None:
        return []
    urls = [place.desk.profile.login_url]
    if place.desk.identity is not None:
        urls.append(place.desk.identity.instance_url)
    return [url.partition("://")[2].partition("/")[0] for url in urls]
