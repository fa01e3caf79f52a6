"""The small page at the control port: what can be practiced, one button per drill.

Pure text. Called by the control surface. The secret comes after `#` in the address or is typed; it is never in the page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True)
class DrillButton:
    """One drill: its words, where it is posted and with what."""

    words: str
    path: str
    shape: dict[str, Any]


_GROUPS: tuple[tuple[str, tuple[DrillButton, ...]], ...] = (
    (
        "Event stream",
        (
            DrillButton("Drop every stream once", "/stream", {"action": "drop"}),
            DrillButton("Close the door: no stream until it opens", "/stream", {"action": "close_door"}),
            DrillButton("Open the door", "/stream", {"action": "open_door"}),
            DrillButton("Stall: open, but nothing arrives", "/stream", {"action": "stall"}),
            DrillButton("Keepalives only", "/stream", {"action": "keepalive_only"}),
            DrillButton("Back to normal", "/stream", {"action": "normal"}),
            DrillButton("Send the last 20 events again", "/stream", {"action": "rewind", "count": 20}),
            DrillButton("The next change comes as a gap", "/stream", {"action": "gap", "next": 1}),
            DrillButton("Overflow of leads", "/stream", {"action": "overflow", "entity": "Lead"}),
            DrillButton("New schema for leads", "/stream", {"action": "new_schema", "entity": "Lead"}),
            DrillButton("Forget all replay ids", "/stream", {"action": "forget_replay_ids"}),
        ),
    ),
    (
        "Next request",
        (
            DrillButton("Takes three seconds longer", "/fates", {"fate": "delay", "seconds": 3}),
            DrillButton(
                "Next action: done, but the answer is lost",
                "/fates",
                {"fate": "commit_then_drop", "match": {"method": "POST", "purpose": "action"}},
            ),
            DrillButton(
                "Next action: lost on the way there",
                "/fates",
                {"fate": "drop_before_commit", "match": {"method": "POST", "purpose": "action"}},
            ),
            DrillButton("Answered with 503", "/fates", {"fate": "status", "status": 503}),
            DrillButton("All access tokens expire", "/fates", {"fate": "expire_tokens", "now": True}),
        ),
    ),
    (
        "Clock",
        (
            DrillButton("One hour later", "/clock", {"jump_ms": 3_600_000}),
            DrillButton("One day later", "/clock", {"jump_ms": 86_400_000}),
            DrillButton("Four days later: replay ids are too old", "/clock", {"jump_ms": 345_600_000}),
            DrillButton("Sixty times faster", "/clock", {"speed": 60}),
            DrillButton("Ordinary speed", "/clock", {"speed": 1}),
        ),
    ),
)

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 2rem auto; width: min(44rem, 92vw); }
h1 { font-size: 1.35rem; } h2 { font-size: 1rem; margin: 1.4rem 0 .5rem; }
.drills { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .5rem; }
button, input { font: inherit; padding: .55rem .8rem; border-radius: .4rem; border: 1px solid #8886; }
button { text-align: left; cursor: pointer; }
input { width: 100%; box-sizing: border-box; }
output { display: block; white-space: pre-wrap; overflow-wrap: anywhere; margin-top: 1.2rem; font-family: monospace; }
"""

_SCRIPT = """
const secret = document.getElementById("secret");
const told = document.querySelector("output");
secret.value = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);
for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", async () => {
    const answer = await fetch(button.dataset.path, {
      method: "POST",
      headers: {"Authorization": "Bearer " + secret.value, "Content-Type": "application/json"},
      body: button.dataset.shape,
    });
    told.textContent = answer.status + " " + (await answer.text()).slice(0, 2000);
  });
}
"""


def drill_page() -> str:
    """The whole page."""
    groups = "\n".join(
        f'<h2>{escape(title)}</h2>\n<div class="drills">{"".join(map(_button, buttons))}</div>'
        for title, buttons in _GROUPS
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Practice org: drills</title><style>{_STYLE}</style></head>
<body><h1>Practice org: drills</h1>
<p>Disturb this org on purpose and watch what the app does. Every shape is told in CONTROL.md.</p>
<label>Control secret <input id="secret" type="password" autocomplete="off"></label>
{groups}
<output></output>
<script>{_SCRIPT}</script></body></html>
"""


def _button(drill: DrillButton) -> str:
    shape = escape(json.dumps(drill.shape))
    return f'<button data-path="{escape(drill.path)}" data-shape="{shape}">{escape(drill.words)}</button>'
