"""Figures of the practice org: start and memory by size, and events per second on one stream.

A program, run by hand on Linux: `.venv/bin/python -m tests.bench.practice_org [--people N ...] [--runs R]`. It prints one
JSON line per run. Wall times suffer from whatever else the machine does; CPU seconds of the org's own process hardly do.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import requests

from cadence_desk.wire import pubsub_api_pb2 as pb
from cadence_desk.wire import pubsub_api_pb2_grpc as pb_grpc

ROOT = Path(__file__).resolve().parents[2]
TOPIC = "/data/LeadChangeEvent"
PER_EDIT = 500
CREDIT = 100
PATIENCE_SECONDS = 600
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A practice org of its own process, what it said when ready, and how long that took."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    seconds: float

    def cpu_seconds(self) -> float:
        """Tell the CPU time the process has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self, name: str) -> int:
        """Tell a memory figure of the process: VmRSS now, VmHWM at most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith(name))

    def ask(self, session: requests.Session, query: str) -> list[dict[str, Any]]:
        """Read one page of records."""
        address = f"{self.ready['rest_url']}/services/data/v66.0/query?q={urllib.parse.quote(query)}"
        headers = {"Authorization": f"Bearer {self.ready['access_token']}"}
        records: list[dict[str, Any]] = session.get(address, headers=headers, timeout=60).json()["records"]
        return records

    def control(self, session: requests.Session, path: str, shape: dict[str, Any]) -> None:
        """Have the control surface do something."""
        headers = {"Authorization": f"Bearer {self.ready['control_secret']}"}
        answer = session.post(self.ready["control_url"] + path, json=shape, headers=headers, timeout=120)
        answer.raise_for_status()


@contextmanager
def running(people: int) -> Iterator[Running]:
    """Start a practice org and end it."""
    command = [sys.executable, "-m", "cadence_desk.practice", "--json", "--people", str(people)]
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        yield Running(process, ready, time.perf_counter() - began)
        process.stdin.close()
        process.wait(60)


def start(people: int) -> dict[str, Any]:
    """Measure one start."""
    with running(people) as org:
        return {
            "people": people,
            "start_s": round(org.seconds, 2),
            "start_cpu_s": round(org.cpu_seconds(), 2),
            "memory_mb": org.memory_mb("VmRSS"),
            "peak_mb": org.memory_mb("VmHWM"),
        }


class Stream:
    """One Subscribe call that asks for more as events come in, as clients do."""

    def __init__(self, org: Running, preset: Any) -> None:
        roots = Path(org.ready["ca_file"]).read_bytes()
        self._channel = grpc.secure_channel(org.ready["events_endpoint"], grpc.ssl_channel_credentials(roots))
        metadata = (
            ("accesstoken", org.ready["access_token"]),
            ("instanceurl", org.ready["rest_url"]),
            ("tenantid", org.ready["organization_id"]),
        )
        self._requests: queue.SimpleQueue[pb.FetchRequest | None] = queue.SimpleQueue()
        self._requests.put(pb.FetchRequest(topic_name=TOPIC, replay_preset=preset, num_requested=CREDIT))
        stub: Any = pb_grpc.PubSubStub(self._channel)  # type: ignore[no-untyped-call]
        self._answers = stub.Subscribe(
            iter(self._requests.get, None), metadata=metadata, timeout=PATIENCE_SECONDS
        )
        self._answers.initial_metadata()  # they come when the stream stands

    def take(self, wanted: int) -> None:
        """Wait for so many events."""
        while wanted > 0:
            count = len(next(self._answers).events)
            if count:
                self._requests.put(pb.FetchRequest(topic_name=TOPIC, num_requested=count))
            wanted -= count

    def close(self) -> None:
        """End the call."""
        self._requests.put(None)
        self._answers.cancel()
        self._channel.close()


def events(number: int) -> dict[str, Any]:
    """Measure what one stream carries: while a colleague writes, and once more from the start of what is kept."""
    with running(1000) as org, requests.Session() as session:
        session.trust_env, session.verify = False, org.ready["ca_file"]
        org.control(session, "/settings", {"event_delivery_limit": number * 4, "colleagues": False})
        leads = [row["Id"] for row in org.ask(session, f"SELECT Id FROM Lead LIMIT {PER_EDIT}")]
        live = Stream(org, pb.LATEST)
        _write(org, session, leads, 1)
        live.take(len(leads))
        cpu, began = org.cpu_seconds(), time.perf_counter()
        rounds = number // len(leads)
        _write(org, session, leads, rounds)
        written = time.perf_counter() - began
        live.take(rounds * len(leads))
        seconds, cpu = time.perf_counter() - began, org.cpu_seconds() - cpu
        live.close()
        told = {
            "events": rounds * len(leads),
            "written_per_s": round(rounds * len(leads) / written),
            "live_per_s": round(rounds * len(leads) / seconds),
            "cpu_ms_per_1000": round(1e6 * cpu / rounds / len(leads)),
        }
        again = Stream(org, pb.EARLIEST)
        cpu, began = org.cpu_seconds(), time.perf_counter()
        again.take(rounds * len(leads))
        told["replayed_per_s"] = round(rounds * len(leads) / (time.perf_counter() - began))
        told["replay_cpu_ms_per_1000"] = round(1e6 * (org.cpu_seconds() - cpu) / rounds / len(leads))
        again.close()
        return told


def _write(org: Running, session: requests.Session, leads: list[str], rounds: int) -> None:
    """Change every lead so often; each change has a value of its own, so that no two become one event."""
    for turn in range(rounds):
        edits = [
            {"sobject": "Lead", "id": lead, "fields": {"Title": f"{turn} {place} {time.monotonic_ns()}"}}
            for place, lead in enumerate(leads)
        ]
        org.control(session, "/edit", {"edits": edits})


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="*", default=[200, 10_000, 100_000])
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    told = parser.parse_args()
    for _ in range(told.runs):
        for people in told.people:
            print(json.dumps(start(people)), flush=True)  # noqa: T201  a program's output
        if told.events:
            print(json.dumps(events(told.events)), flush=True)  # noqa: T201  a program's output


if __name__ == "__main__":
    main()
