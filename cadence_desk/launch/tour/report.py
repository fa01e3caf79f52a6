"""What the tour prints and writes: one line per journey, the pictures, the meters."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class JourneyResult:
    """How one journey went. `skipped` is None or the reason; `api_calls` is the transport's own count."""

    name: str
    ok: bool
    skipped: str | None = None
    seconds: float = 0.0
    api_calls: int = 0
    detail: str = ""


@dataclass(slots=True)
class TourReport:
    """All journeys, the pictures that were taken and what the meters saw.

    `contract` is the shape of the org's actions, as far as it is known; `people` how many there are.
    """

    contract: str
    people: int
    journeys: list[JourneyResult] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    meters: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True when every journey went well."""
        return bool(self.journeys) and all(journey.ok for journey in self.journeys)

    def table(self) -> str:
        """Return the results as a table of text."""
        lines = [f"{'Journey':34} {'Result':8} {'Seconds':>8} {'API calls':>10}  Detail"]
        for one in self.journeys:
            word = "skipped" if one.skipped else "ok" if one.ok else "FAILED"
            lines.append(
                f"{one.name:34} {word:8} {one.seconds:8.2f} {one.api_calls:10d}  {one.skipped or one.detail}"
            )
        return "\n".join(lines)

    def write(self, file: Path) -> None:
        """Write everything as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            json.dumps({"ok": self.ok, **asdict(self)}, indent=2, ensure_ascii=False), encoding="utf-8"
        )
