"""Set-up, start and checks of Cadence Desk.

Makes .venv, installs the locked packages into it and hands over to the app or the checks.
May import the standard library only. Called by people, by .ci/run and by the house tests.
"""

import contextlib
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

SUPPORTED = ((3, 11), (3, 12), (3, 13))


def other_interpreter() -> str:
    """Find a supported Python on the search path, or return an empty string."""
    for major, minor in reversed(SUPPORTED):
        found = shutil.which(f"python{major}.{minor}")
        ask = [found or "", "-c", f"import sys; sys.exit(sys.version_info[:2] != ({major}, {minor}))"]
        # a version switcher may leave a stand-in of that name which only says that it is not active
        if found and subprocess.run(ask, capture_output=True, check=False).returncode == 0:
            return found
    return ""


if __name__ == "__main__" and sys.version_info[:2] not in SUPPORTED:
    # must stand before every definition that an older Python cannot evaluate
    _other = other_interpreter()
    if _other:
        sys.exit(subprocess.run([_other, __file__, *sys.argv[1:]], check=False).returncode)
    sys.exit(
        f"Cadence Desk needs Python 3.11, 3.12 or 3.13; this is {platform.python_version()}, "
        "and none of the three was found on the search path."
    )

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("CADENCE_DESK_VENV") or ROOT / ".venv").absolute()
LOCKS = ROOT / "packaging" / "locks"
PROJECT = ROOT / "pyproject.toml"
STAMP = "cadence-desk.stamp"
UNFINISHED = "cadence-desk.unfinished"
LOCK_PREFIX = os.environ.get("CADENCE_DESK_LOCK", "")
FOR_BUILDING = "build-"

OFFSCREEN_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
WAYLAND_LIBRARIES = {"libwayland-cursor.so.0": "libwayland-cursor0"}

NOT_THE_LOCKED_ONE = (
    "A downloaded package is not the one in the lock file, and nothing of it was installed. "
    "Try another network, and tell the maintainers if it stays."
)
UNTRUSTED = (
    "The package index answered with a certificate that this computer does not trust. "
    "Behind a company proxy, set PIP_CERT to the company's certificate file."
)
UNREACHABLE = (
    "The package index cannot be reached. Check the network or the proxy settings and start again; "
    "what was downloaded already is kept."
)
DISK_FULL = "The disk is full. The environment needs about 700 MB."
NOT_WRITABLE = "The project folder cannot be written to by this user."
NO_BUILD = (
    "One of the locked packages has no build for this system. "
    "Needed is 64-bit Linux with glibc 2.34 or newer, or a current macOS or Windows."
)
NOTHING_FOUND = (
    "The package index gave nothing for this package: either it cannot be reached, "
    "or it has no build for this system (64-bit Linux with glibc 2.34 or newer, a current macOS or Windows)."
)
NO_NETWORK_SIGNS = (
    "NewConnectionError",
    "Temporary failure in name resolution",
    "ConnectTimeoutError",
    "ProxyError",
    "timed out",
)
# the first row with a sign in pip's words decides: a dead network also ends in "no matching distribution"
PIP_TROUBLES = (
    (("DO NOT MATCH THE HASHES", "require-hashes mode"), NOT_THE_LOCKED_ONE),
    (("CERTIFICATE_VERIFY_FAILED", "SSLError"), UNTRUSTED),
    (NO_NETWORK_SIGNS, UNREACHABLE),
    (("No space left", "Errno 28"), DISK_FULL),
    (("Permission denied", "Errno 13"), NOT_WRITABLE),
    (("from versions: none",), NOTHING_FOUND),
    (("No matching distribution", "Could not find a version", "is not a supported wheel"), NO_BUILD),
)


class SetupError(Exception):
    """Says in one sentence why the set-up stopped and what to do."""


# ---------------------------------------------------------------- environment


def venv_python() -> Path:
    """Return where the environment's interpreter is or will be."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def script(name: str) -> str:
    """Return the full path of a command installed into the environment."""
    return str(VENV / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}"))


def lock_file() -> Path:
    """Return the lock of the running Python version."""
    return LOCKS / f"{LOCK_PREFIX}py{sys.version_info[0]}{sys.version_info[1]}.txt"


def fingerprints() -> dict[str, str]:
    """Tell three things apart: where and for which Python, which packages, and how the project is declared."""
    place = f"{VENV}|{sys.version_info[:2]}|{platform.machine()}"
    return {
        "place": hashlib.sha256(place.encode()).hexdigest(),
        "packages": hashlib.sha256(lock_file().read_bytes()).hexdigest(),
        "project": hashlib.sha256(PROJECT.read_bytes()).hexdigest(),
    }


def stamped() -> dict[str, str]:
    """Return what the last finished set-up wrote down, empty when there was none."""
    try:
        lines = (VENV / STAMP).read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def set_up() -> None:
    """Bring the environment up to date; costs nothing when it is.

    Raises:
        SetupError: with a sentence for the reader.
    """
    if not lock_file().is_file():
        raise SetupError(f"There is no lock file for this Python: {lock_file().relative_to(ROOT)}.")
    if venv_python().exists() and stamped() == fingerprints():
        return
    with one_at_a_time():
        wanted, have = fingerprints(), stamped()
        if not venv_python().exists() or have != wanted:
            build_environment(wanted, have)


def build_environment(wanted: Mapping[str, str], have: Mapping[str, str]) -> None:
    """Do the steps of the set-up that the stamp does not vouch for."""
    moved = bool(have) and have.get("place") != wanted["place"]
    marker = VENV / UNFINISHED
    if moved or marker.exists() or not venv_python().exists():
        make_venv()
        have = {}
    marker.touch()
    (VENV / STAMP).unlink(missing_ok=True)
    if have.get("packages") != wanted["packages"]:
        say("Installing the locked packages; this happens once and takes a few minutes at most.")
        pip("install", "--require-hashes", "--only-binary", ":all:", "-r", str(lock_file()))
        unpack_qt_support()
    pip("install", "--no-deps", "--no-index", "--no-build-isolation", "--editable", str(ROOT))
    (VENV / STAMP).write_text(
        "".join(f"{name}={value}\n" for name, value in wanted.items()), encoding="ascii"
    )
    marker.unlink()


def make_venv() -> None:
    """Make the environment anew.

    Raises:
        SetupError: if this Python cannot make environments.
    """
    if not has_venv_parts():
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        install_or_explain([package], "This Python has no venv module with pip.")
    say(f"Making the environment {VENV.name} with Python {platform.python_version()}.")
    base = getattr(sys, "_base_executable", None) or sys.executable
    done = subprocess.run(
        [base, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SetupError(f"The environment could not be made: {last_line(done.stderr or done.stdout)}")


def has_venv_parts() -> bool:
    """Ask a fresh interpreter, since an install of the missing part would not show in this one."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    ask = [base, "-c", "import venv, ensurepip"]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0


def pip(*arguments: str) -> None:
    """Run the environment's pip and turn its failure into one sentence.

    Raises:
        SetupError: with the cause as far as pip's words tell it.
    """
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command = [str(venv_python()), "-m", "pip", arguments[0], *options, *arguments[1:]]
    done = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(explain_pip(done.stderr))


def explain_pip(text: str) -> str:
    """Say in plain words what pip's error output means, with pip's own last line behind it."""
    for signs, sentence in PIP_TROUBLES:
        if any(sign in text for sign in signs):
            return f"{sentence}\n  pip said: {last_line(text)}"
    return f"The packages could not be installed.\n  pip said: {last_line(text)}"


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"


def unpack_qt_support() -> None:
    """Let Qt's Python support unpack itself once: it is compiled from source at every start otherwise."""
    environment = {**os.environ, "SBK_EMBED": "0"}
    command = [str(venv_python()), "-c", "import shiboken6"]
    subprocess.run(command, env=environment, capture_output=True, check=False)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait while another process sets up the same environment."""
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with VENV.with_name(f"{VENV.name}.lock").open("wb") as handle:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------- system libraries


def has_display(environment: Mapping[str, str]) -> bool:
    """Say whether a window can be shown: always outside Linux, there only with an X or Wayland display."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def wanted_libraries(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the shared libraries Qt needs here, each with the Debian package that brings it."""
    wanted = dict(OFFSCREEN_LIBRARIES)
    if environment.get("QT_QPA_PLATFORM", "") == "offscreen":
        return wanted
    if environment.get("DISPLAY"):
        wanted.update(X11_LIBRARIES)
    if environment.get("WAYLAND_DISPLAY"):
        wanted.update(WAYLAND_LIBRARIES)
    return wanted


def missing_libraries(wanted: Mapping[str, str]) -> list[str]:
    """Return those of the wanted shared libraries which the loader cannot find."""
    known = loader_cache()
    return [name for name in wanted if name not in known and not loads(name)]


def loader_cache() -> set[str]:
    """Return the names in the loader's cache, empty where there is no such tool."""
    tool = shutil.which("ldconfig") or shutil.which("ldconfig", path="/sbin:/usr/sbin")
    if tool is None:
        return set()
    done = subprocess.run([tool, "-p"], capture_output=True, text=True, check=False)
    return {line.split()[0] for line in done.stdout.splitlines() if "=>" in line}


def loads(name: str) -> bool:
    """Try to load a library that the cache does not list, as in a search path set by hand."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def check_system(wanted: Mapping[str, str] | None = None) -> None:
    """Make sure that Qt can load, or whatever else needs the wanted libraries.

    Raises:
        SetupError: with the exact line to type, where it cannot be done from here.
    """
    if not sys.platform.startswith("linux"):
        return
    wanted = wanted_libraries(os.environ) if wanted is None else wanted
    missing = missing_libraries(wanted)
    if missing:
        install_or_explain(
            [wanted[name] for name in missing], f"Qt needs system libraries: {', '.join(missing)}."
        )
        missing = missing_libraries(wanted)
    if missing:
        raise SetupError(f"Still missing after the install: {', '.join(missing)}.")


def install_or_explain(packages: Sequence[str], reason: str) -> None:
    """Install Debian packages when root, else say what to type.

    Raises:
        SetupError: if they cannot be installed from here.
    """
    apt = shutil.which("apt-get")
    line = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if apt is None:
        raise SetupError(
            f"{reason} Install them with the package manager of this system (on Debian: {line})."
        )
    if sys.platform == "win32" or os.geteuid() != 0:
        raise SetupError(f"{reason} Type:\n  sudo {line}")
    say(f"{reason} Installing: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([apt, "update", "-q"], env=environment, capture_output=True, check=False)
    install = [apt, "install", "-y", "-q", "--no-install-recommends", *packages]
    done = subprocess.run(install, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"{reason} The install failed ({last_line(done.stderr)}). Type:\n  {line}")


# ---------------------------------------------------------------- commands


def run(arguments: Sequence[str]) -> int:
    """Start the app; without a display the tour, offscreen."""
    if not arguments and not has_display(os.environ):
        return tour_instead()
    check_system()
    set_up()
    return hand_over([script("cadence-desk"), *(arguments or ["--practice"])])


def set_up_offscreen() -> None:
    """Make everything ready for programs that show no window."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    check_system()
    set_up()


def tour_instead() -> int:
    """Run the tour on a machine that cannot show a window."""
    set_up_offscreen()
    folder = tempfile.mkdtemp(prefix="cadence-desk-tour-")
    say("There is no display here, so the tour runs offscreen instead of the window.")
    status = subprocess.run(
        [script("cadence-desk"), "tour", "--practice", "--out", folder], check=False
    ).returncode
    say(f"Its pictures are in {folder}")
    return status


def hand_over(command: Sequence[str]) -> int:
    """Become the given program, so that signals and the exit status are its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], list(command))  # noqa: S606 - no shell is wanted
    return subprocess.run(command, check=False).returncode


def test(arguments: Sequence[str]) -> int:
    """Lint, types, contracts, then tests; with arguments only pytest, which gets them."""
    set_up_offscreen()
    python = str(venv_python())
    pytest = [python, "-m", "pytest", "-q"]
    if arguments:
        return subprocess.run([*pytest, *arguments], cwd=ROOT, check=False).returncode
    parts = {
        "lint": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
        "contracts": [script("lint-imports")],
        "fast tests": [*pytest, "-n", "2", "tests/house", "tests/unit"],
        "other tests": [*pytest, "-n", "2", "--dist", "worksteal", *other_tiers()],
    }
    return report({name: timed(name, command) for name, command in parts.items()})


def other_tiers() -> list[str]:
    """Return the test folders that hold more than the fast set."""
    tiers = (one.name for one in sorted((ROOT / "tests").iterdir()) if one.is_dir())
    return [f"tests/{name}" for name in tiers if name not in {"house", "unit", "bench"}]


def timed(name: str, command: Sequence[str]) -> tuple[int, float]:
    """Run one part of the checks and return its status and how long it took."""
    say(f"--- {name}")
    started = time.monotonic()
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    no_tests = 5  # pytest's word for a folder without tests, as in a tier that is still empty
    ok = status == 0 or (name == "other tests" and status == no_tests)
    return (0 if ok else status), time.monotonic() - started


def report(results: Mapping[str, tuple[int, float]]) -> int:
    """Print a line per part and return 1 if any of them failed."""
    say("")
    for name, (status, seconds) in results.items():
        say(f"{'ok    ' if status == 0 else 'FAILED'} {name:<12} {seconds:6.1f} s")
    return int(any(status for status, _ in results.values()))


def build(arguments: Sequence[str]) -> int:
    """Make the packaged app, in an environment of its own: nothing of the checks can get into it."""
    if LOCK_PREFIX != FOR_BUILDING:
        os.environ["CADENCE_DESK_VENV"] = str(VENV.with_name(f"{VENV.name}-build"))
        os.environ["CADENCE_DESK_LOCK"] = FOR_BUILDING
        return hand_over([sys.executable, __file__, "build", *arguments])
    check_system({**OFFSCREEN_LIBRARIES, **X11_LIBRARIES, **WAYLAND_LIBRARIES})
    set_up()
    os.environ["PYTHONPATH"] = str(ROOT / "packaging")
    return hand_over([str(venv_python()), "-m", "release", *arguments])


def torture(arguments: Sequence[str]) -> int:
    """Hold the promise "nothing lost, nothing twice" to the proof; ends with 1 when it does not stand."""
    return offscreen("tests.torture", arguments)


def bench(arguments: Sequence[str]) -> int:
    """Measure figures beside their references; ends with 1 when a goal is missed."""
    return offscreen("tests.bench", arguments)


def offscreen(module: str, arguments: Sequence[str]) -> int:
    """Run one of the project's own programs without a display, once everything is set up."""
    set_up_offscreen()
    os.chdir(ROOT)
    return hand_over([str(venv_python()), "-m", module, *arguments])


def lock(arguments: Sequence[str]) -> int:
    """Resolve the dependencies anew for every supported Python; for maintainers."""
    set_up()
    script = str(ROOT / "packaging" / "write_locks.py")
    return subprocess.run([str(venv_python()), script, *arguments], check=False).returncode


def say(text: str) -> None:
    """Tell the person at the terminal; standard output stays free for what the app prints."""
    print(text, file=sys.stderr, flush=True)


COMMANDS: Mapping[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "run": (run, "[ARGS]   start the desk on the practice org, or cadence-desk with ARGS"),
    "test": (test, "[ARGS]  lint, types, contracts, tests; with ARGS only pytest ARGS"),
    "torture": (torture, "[ARGS]  faults and kills by the thousand; nothing lost, nothing twice"),
    "bench": (bench, "[ARGS]  speed figures beside their references; bench --help tells more"),
    "build": (build, "[ARGS]  the packaged app and its installers; build --help tells more"),
    "lock": (lock, "         for maintainers: resolve and lock the dependencies anew"),
}


def usage() -> str:
    """Return the list of commands."""
    lines = [f"  {name} {text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(["usage: python3 packaging/dev.py COMMAND [ARGS]", *lines])


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(usage())
        return 0 if arguments else 2
    if arguments[0] not in COMMANDS:
        say(f"There is no command {arguments[0]}.\n{usage()}")
        return 2
    try:
        return COMMANDS[arguments[0]][0](arguments[1:])
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped. The next start goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
