"""NoticeBoard: shows the desk's notices in the bar, once each; one that is dismissed comes back only with other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.notices import Notice
    from cadence_desk.ui.kit.banner_bar import BannerBar


class NoticeBoard:
    """Remembers what was told."""

    def __init__(self) -> None:
        self._told: dict[str, Notice] = {}

    def show(self, bar: BannerBar, notices: Sequence[Notice]) -> None:
        """Tell what is new, and take back what is no longer true."""
        now = {notice.code: notice for notice in notices}
        for code in self._told.keys() - now.keys():
            bar.clear(code)
        for code, notice in now.items():
            if self._told.get(code) != notice:
                bar.clear(code)
                bar.tell(code, notice.title, notice.words, tone=Tone.BAD if notice.bad else Tone.WARN)
        self._told = now
