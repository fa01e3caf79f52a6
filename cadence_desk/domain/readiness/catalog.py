"""All help pages by code, and the text that `check --explain` prints. Called by rules, commands and ui."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.access_pages import CADENCE_PAGES, LINE_PAGES, USER_PAGES
from cadence_desk.domain.readiness.work_pages import CALL_PAGES, EVENT_PAGES, PEOPLE_PAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.readiness.checks import CheckCode
    from cadence_desk.domain.readiness.page import CheckPage

PAGES: Mapping[CheckCode, CheckPage] = {
    **LINE_PAGES,
    **USER_PAGES,
    **CADENCE_PAGES,
    **PEOPLE_PAGES,
    **CALL_PAGES,
    **EVENT_PAGES,
}


def explain(code: CheckCode) -> str:
    """Return the help page of a check as plain text."""
    page = PAGES[code]
    parts = (
        f"{page.title} ({code.value})",
        f"Why it matters\n  {page.why}",
        f"How it is checked\n  {page.how}",
        f"How to mend it\n  {page.fix}",
    )
    return "\n\n".join(parts)
