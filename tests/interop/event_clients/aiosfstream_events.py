"""Change events over CometD with PyPI aiosfstream-ng, unedited, TLS verified through SSL_CERT_FILE.

Reads the ready line from standard input; prints one JSON line.
"""

import asyncio
import importlib
import json
import os
import sys
from typing import Any

import aiohttp

TOPIC = "/data/LeadChangeEvent"


def client_of(ready: dict[str, Any], replay: Any) -> Any:
    library = importlib.import_module("aiosfstream_ng")
    auth = importlib.import_module("aiosfstream_ng.auth")

    class TokenInHand(auth.AuthenticatorBase):  # type: ignore[name-defined, misc]
        async def _authenticate(self) -> tuple[int, dict[str, Any]]:
            token = {
                "access_token": ready["access_token"],
                "token_type": "Bearer",
                "instance_url": ready["rest_url"],
            }
            return 200, token

    return library.Client(TokenInHand(), replay=replay)


async def control(ready: dict[str, Any], path: str, shape: Any) -> Any:
    headers = {"Authorization": f"Bearer {ready['control_secret']}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(ready["control_url"] + path, json=shape) as answer,
    ):
        answer.raise_for_status()
        return await answer.json()


async def main() -> None:
    ready = json.loads(sys.stdin.readline())
    library = importlib.import_module("aiosfstream_ng")
    received = []
    async with client_of(ready, library.ReplayOption.NEW_EVENTS) as client:
        await client.subscribe(TOPIC)
        for number, lead in enumerate(json.loads(os.environ["LEADS"])[:3]):
            edit = {"sobject": "Lead", "id": lead, "fields": {"Title": f"comet {number}", "City": "Ulm"}}
            await control(ready, "/edit", edit)
            received.append((await client.receive())["data"])
    replay = importlib.import_module("aiosfstream_ng.replay")
    marker = replay.ConstantReplayId(default_id=received[0]["event"]["replayId"])
    async with client_of(ready, marker) as client:
        await client.subscribe(TOPIC)
        again = [(await client.receive())["data"]["payload"]["Title"] for _ in range(2)]
    sys.stdout.write(json.dumps({"received": [item["payload"] for item in received], "again": again}) + "\n")


asyncio.run(main())
