"""packaging/dev.py does only the steps that are needed, says plainly what is wrong, and installs from complete locks."""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.source_tree import ROOT

LOCKS = sorted((ROOT / "packaging" / "locks").glob("py*.txt"))


def script(name: str) -> ModuleType:
    """Load one of the packaging scripts, which are no package."""
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", ROOT / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Steps(list[str]):
    """Stands in for the two slow steps: making the environment and running pip."""

    def __init__(self, dev: ModuleType) -> None:
        super().__init__()
        self.dev = dev

    def make_venv(self) -> None:
        self.append("venv")
        python = self.dev.venv_python()
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        for name in (self.dev.STAMP, self.dev.UNFINISHED):
            (self.dev.VENV / name).unlink(missing_ok=True)

    def pip(self, *arguments: str) -> None:
        self.append("packages" if "--require-hashes" in arguments else "project")


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[ModuleType]:
    module = script("dev")
    module.VENV = tmp_path / "env"  # type: ignore[attr-defined]
    module.unpack_qt_support = lambda: None  # type: ignore[attr-defined]
    return module


@pytest.fixture
def steps(dev: ModuleType) -> Steps:
    taken = Steps(dev)
    dev.make_venv, dev.pip = taken.make_venv, taken.pip  # type: ignore[attr-defined]
    return taken


def test_first_start_does_everything_and_the_second_nothing(dev: ModuleType, steps: Steps) -> None:
    dev.set_up()
    assert steps == ["venv", "packages", "project"]
    dev.set_up()
    assert steps == ["venv", "packages", "project"]


def test_changed_project_is_installed_again_without_its_packages(
    dev: ModuleType, steps: Steps, tmp_path: Path
) -> None:
    dev.PROJECT = tmp_path / "pyproject.toml"  # type: ignore[attr-defined]
    dev.PROJECT.write_text("one", encoding="utf-8")
    dev.set_up()
    steps.clear()
    dev.PROJECT.write_text("two", encoding="utf-8")
    dev.set_up()
    assert steps == ["project"]


def test_moved_folder_is_made_anew(dev: ModuleType, steps: Steps) -> None:
    dev.set_up()
    steps.clear()
    stamp = dev.VENV / dev.STAMP
    stamp.write_text(
        re.sub("place=.*", "place=elsewhere", stamp.read_text(encoding="ascii")), encoding="ascii"
    )
    dev.set_up()
    assert steps == ["venv", "packages", "project"]


def test_interrupted_install_starts_over(dev: ModuleType, steps: Steps) -> None:
    def cut(*_arguments: str) -> None:
        raise KeyboardInterrupt

    whole_pip = dev.pip
    dev.pip = cut  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        dev.set_up()
    dev.pip = whole_pip  # type: ignore[attr-defined]
    steps.clear()
    dev.set_up()
    assert steps == ["venv", "packages", "project"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one in the lock file"),
        ("NewConnectionError(...)\nERROR: No matching distribution found for x", "cannot be reached"),
        ("SSLError(CERTIFICATE_VERIFY_FAILED)", "PIP_CERT"),
        ("ERROR: no version of x (from versions: none)\nERROR: No matching distribution", "gave nothing"),
        ("ERROR: No matching distribution found for pyside6", "has no build for this system"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("something else", "could not be installed.\n  pip said: something else"),
    ],
)
def test_trouble_is_told_in_plain_words(dev: ModuleType, said: str, told: str) -> None:
    assert told in dev.explain_pip(said)


def test_libraries_follow_the_display(dev: ModuleType) -> None:
    assert "libxcb-cursor.so.0" in dev.wanted_libraries({"DISPLAY": ":0"})
    assert "libxcb-cursor.so.0" not in dev.wanted_libraries({})
    assert "libxcb-cursor.so.0" not in dev.wanted_libraries({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"})
    assert dev.missing_libraries({"libno-such-thing.so.9": "no-such-thing"}) == ["libno-such-thing.so.9"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
def test_display_is_seen(dev: ModuleType) -> None:
    assert dev.has_display({"DISPLAY": ":0"})
    assert dev.has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert not dev.has_display({"DISPLAY": ""})


def test_usage_lists_every_command(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main([]) == 2
    assert dev.main(["no-such-command"]) == 2
    told = capsys.readouterr()
    assert all(f"  {name} " in told.out and f"  {name} " in told.err for name in dev.COMMANDS)


def test_there_is_a_lock_for_every_supported_python(dev: ModuleType) -> None:
    assert [path.name for path in LOCKS] == [f"py{major}{minor}.txt" for major, minor in dev.SUPPORTED]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_lock_is_complete_and_names_nobody(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if not line.startswith(" ")]
    assert all(re.match(r"[a-z0-9-]+==[^ ]+( ; .+)? \\$", line) for line in entries)
    assert len(re.findall(r"\\\n    --hash=sha256:[0-9a-f]{64}", text)) >= len(entries)
    assert not re.search(r"://|#|--index|--find", text)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    wanted += project["build-system"]["requires"]
    names = {re.split(r"[^\w-]", line, maxsplit=1)[0].lower() for line in wanted}
    assert not names - {line.split("==")[0] for line in entries}


def test_oldest_python_gets_the_sound_qt() -> None:
    pins = re.findall(r"^pyside6-essentials==(\S+)", LOCKS[0].read_text(encoding="utf-8"), re.MULTILINE)
    assert pins == ["6.11.3"]


def test_entries_for_later_pythons_are_dropped() -> None:
    text = "a==1 ; python_full_version < '3.12' \\\n    --hash=x\na==2 ; python_full_version >= '3.12' \\\n    --hash=y\nb==1 \\\n"
    kept = script("write_locks").only_for(text, (3, 11))
    assert kept == "a==1 ; python_full_version < '3.12' \\\n    --hash=x\nb==1 \\\n"
