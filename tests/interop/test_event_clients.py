"""Other people's event clients against a practice org of its own process, packages unedited, TLS verified."""

import importlib.util
import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PATIENCE_SECONDS = 60
pytestmark = [pytest.mark.interop, pytest.mark.whole]


@pytest.fixture(scope="module")
def line() -> Iterator[str]:
    """The ready line of a practice org that ends with its input."""
    command = [sys.executable, "-m", "cadence_desk.practice", "--json", "--people", "50"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as org:
        assert org.stdin is not None
        assert org.stdout is not None
        yield org.stdout.readline()
        org.stdin.close()
        assert org.wait(PATIENCE_SECONDS) == 0


@pytest.fixture(scope="module")
def leads(line: str) -> list[str]:
    ready = json.loads(line)
    query = urllib.parse.quote("SELECT Id FROM Lead WHERE IsConverted = false LIMIT 5")
    request = urllib.request.Request(
        f"{ready['rest_url']}/services/data/v67.0/query?q={query}",
        headers={"Authorization": f"Bearer {ready['access_token']}"},
    )
    context = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ready["ca_file"]))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), context)
    with opener.open(request) as answer:
        return [row["Id"] for row in json.load(answer)["records"]]


def run(command: list[str], line: str, leads: list[str], **environment: str) -> Any:
    """Runs a client program; its one line as data."""
    told = {**os.environ, "LEADS": json.dumps(leads), "no_proxy": "localhost,127.0.0.1", **environment}
    done = subprocess.run(
        command,
        input=line,
        env=told,
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def node(package: str) -> str:
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    if not (HERE / "node_modules" / package).is_dir():
        pytest.skip(f"npm package {package} is not installed: npm install in tests/interop")
    return program


def need(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"the package {module} is not installed")


def test_node_pubsub_client_decodes_five_events_and_resumes(line: str, leads: list[str]) -> None:
    program = node("salesforce-pubsub-api-client")
    told = run([program, "pubsub_node/five_events.mjs"], line, leads)
    assert [event["Title"] for event in told["received"]] == [f"node {number}" for number in range(5)]
    assert [event["City"] for event in told["received"]] == [f"Town {number}" for number in range(5)]
    assert [event["recordIds"] for event in told["received"]] == [[lead] for lead in leads]
    assert all(
        {"Title", "LastModifiedDate", "Address.City"} <= set(event["changedFields"])
        and event["nulledFields"] == ["Industry"]
        for event in told["received"]
    )
    assert told["again"] == told["received"][2:]


def test_pysfpubsub_decodes_and_resumes(line: str, leads: list[str]) -> None:
    need("pysfpubsub")
    told = run([sys.executable, "event_clients/pysfpubsub_events.py"], line, leads)
    assert told == {"received": ["py 0", "py 1", "py 2"], "again": ["py 1", "py 2"]}


def test_aiosfstream_hears_and_resumes_over_cometd(line: str, leads: list[str]) -> None:
    need("aiosfstream_ng")
    trust = json.loads(line)["ca_file"]
    told = run([sys.executable, "event_clients/aiosfstream_events.py"], line, leads, SSL_CERT_FILE=trust)
    assert [body["Title"] for body in told["received"]] == ["comet 0", "comet 1", "comet 2"]
    assert all("Address.City" in body["ChangeEventHeader"]["changedFields"] for body in told["received"])
    assert told["again"] == ["comet 1", "comet 2"]


def test_jsforce_hears_and_resumes_over_cometd(line: str, leads: list[str]) -> None:
    program = node("jsforce")
    trust = json.loads(line)["ca_file"]
    told = run([program, "event_clients/jsforce_streaming.mjs"], line, leads, NODE_EXTRA_CA_CERTS=trust)
    assert [body["Title"] for body in told["received"]] == ["faye 0", "faye 1", "faye 2"]
    assert told["again"] == ["faye 1", "faye 2"]
