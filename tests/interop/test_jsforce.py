"""jsforce, unedited, over https with the practice org's authority as an extra CA."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import StandAloneOrg

HERE = Path(__file__).resolve().parent
PATIENCE_SECONDS = 90
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.interop,
    pytest.mark.whole,
    pytest.mark.skipif(NODE is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "jsforce").is_dir(), reason="run npm ci in tests/interop for jsforce"
    ),
]


@contextmanager
def _script(org: StandAloneOrg, name: str) -> Iterator[subprocess.Popen[str]]:
    assert NODE
    kept = {"PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP"}
    environment = {key: value for key, value in os.environ.items() if key.upper() in kept}
    environment |= {"PRACTICE_ORG": json.dumps(org.ready), "NODE_EXTRA_CA_CERTS": org["ca_file"]}
    with subprocess.Popen(
        [NODE, str(HERE / "jsforce" / name)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_rest_works(org: StandAloneOrg) -> None:
    with _script(org, "rest.mjs") as process:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    seen: dict[str, Any] = json.loads(output)
    known = {"user": org["user_id"], "org": org["organization_id"]}
    assert seen["identity"] == known
    assert seen["userinfo"] == {**known, "name": org["username"]}
    assert (seen["oldUser"], seen["orgId"]) == (org["username"], org["organization_id"])
    assert seen["columns"] == ["Id", "Owner"]
    assert seen["paging"]["rows"] == seen["paging"]["total"] > 0
    assert {"Task", "ActionCadenceTracker"} <= set(seen["objects"])
    assert seen["taskFields"] > 20
    assert seen["limits"] == seen["usage"] == 100_000
    assert (seen["closed"], seen["upserted"], seen["many"], seen["gone"]) == (
        True,
        True,
        [True, True],
        [True, True, True],
    )
    assert seen["missing"] == "ENTITY_IS_DELETED"
    assert (seen["composite"], seen["batch"], seen["recent"]) == (200, 200, True)
    assert seen["search"] >= 1
    assert (seen["queryError"], seen["refreshed"]) == ("INVALID_FIELD", 1)


def test_actions_work(org: StandAloneOrg) -> None:
    with _script(org, "rest.mjs") as process:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    seen: dict[str, Any] = json.loads(output)
    assert "sendSalesCadenceEvent" in seen["actions"]
    assert "salesCadenceNameOrId" in seen["inputs"]
    assert seen["assigned"] == [{"actionName": "assignTargetToSalesCadence", "isSuccess": True}]
    assert seen["refused"]["code"] == "ERROR_HTTP_400"
    (refusal,) = json.loads(seen["refused"]["text"])
    assert refusal["isSuccess"] is False


def test_sign_in_refresh_and_revoke(org: StandAloneOrg) -> None:
    with _script(org, "sign_in.mjs") as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert "code_challenge=" in address
        assert "code_challenge_method" not in address
        output, _ = process.communicate(org.press(address) + "\n", timeout=PATIENCE_SECONDS)
    seen = json.loads(output)
    assert seen == {
        "user": org["user_id"],
        "org": org["organization_id"],
        "instance": org["rest_url"],
        "state": "s",
        "limits": 100_000,
        "fresh": True,
        "afterRevoke": "INVALID_SESSION_ID",
    }
