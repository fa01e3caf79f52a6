"""Tries the Debian package in a bare Debian 12 with no Python and no network, and lists what is left after its removal.

Called by the command in __main__. Needs root, debootstrap and namespaces; says so where they are not to be had.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from release.debian import DEPENDS
from release.project import HERE, NAME, BuildError, run

SUITE = "bookworm"
TOOLS = ("debootstrap", "chroot", "unshare", "mount", "ip")
LEFT_BY_DPKG = ("var/lib/dpkg/", "var/log/", "var/cache/")
"""What the package manager keeps about itself."""

HOME = "home/rep"


class NoBareRoot(BuildError):
    """A bare Debian cannot be made here: no verdict about the package."""


def why_not() -> str:
    """Return why there can be no bare root here, empty when there can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "it takes root"
    missing = [tool for tool in TOOLS if shutil.which(tool, path=_search_path()) is None]
    if missing:
        return f"missing: {', '.join(missing)}"
    probe = ["unshare", "--mount", "--net", "--pid", "--fork", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        return "no namespaces can be made here"
    return ""


def check_in_bare_root(package: Path) -> None:
    """Install, try and remove the package. Raises BuildError with what went wrong."""
    base = bare_root(package)
    with tempfile.TemporaryDirectory(prefix="layer-", dir=_cache()) as folder:
        layer = Path(folder)
        for name in ("upper", "work", "root"):
            (layer / name).mkdir()
        (layer / "began").touch()
        command = ["unshare", "--mount", "--net", "--pid", "--fork", "--propagation", "private"]
        command += ["sh", str(HERE / "linux" / "bare_root.sh"), str(base), str(layer), str(package)]
        environment = {**os.environ, "PATH": _search_path()}
        if subprocess.run(command, check=False, env=environment).returncode != 0:
            raise BuildError("The package does not pass in a bare Debian 12.")
        problems = left_over(layer / "upper")
    if problems:
        raise BuildError(f"After its removal these are left: {', '.join(problems[:10])}")


def left_over(upper: Path) -> list[str]:
    """Return what is neither in a home folder nor the package manager's own."""
    found = []
    for path in sorted(upper.rglob("*")):
        place = path.relative_to(upper).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue  # a folder of the base appears here as soon as something in it changed
        removed = stat.S_ISCHR(path.lstat().st_mode)
        if not removed and not place.startswith((f"{HOME}/", *LEFT_BY_DPKG)):
            found.append(place)
    return found


def bare_root(package: Path) -> Path:
    """Return a minimal Debian with what the package depends on, made once and kept. Raises BuildError."""
    key = hashlib.sha256("\n".join((SUITE, *DEPENDS)).encode()).hexdigest()[:12]
    place = _cache() / f"{SUITE}-{key}"
    if place.is_dir():
        return place
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=_cache()))
    try:
        environment = {
            **os.environ,
            "PATH": _search_path(),
            "DEBIAN_FRONTEND": "noninteractive",
            "LC_ALL": "C.UTF-8",
        }
        run(
            ["debootstrap", "--variant=minbase", SUITE, str(draft)],
            what="debootstrap",
            environment=environment,
        )
        shutil.copyfile(package, draft / "package.deb")
        inside = ["chroot", str(draft)]
        for what, command in (
            ("apt-get update", ["apt-get", "update", "-q"]),
            (
                "The install with its dependencies",
                ["apt-get", "install", "-y", "-q", "--no-install-recommends", "/package.deb"],
            ),
            ("The removal", ["dpkg", "--purge", NAME]),
            ("apt-get clean", ["apt-get", "clean"]),
            ("useradd", ["useradd", "--create-home", "--uid", "1000", "rep"]),
        ):
            run([*inside, *command], what=what, environment=environment)
        (draft / "package.deb").unlink()
        # every installed Debian has it; debootstrap leaves it to the installer
        (draft / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n", encoding="ascii")
        draft.chmod(0o755)
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def try_without_python(program: Path) -> None:
    """Where no bare root can be made: try the app itself with nothing on the search path. Raises BuildError."""
    with tempfile.TemporaryDirectory(prefix="cadence-desk-try-") as folder:
        environment = {"HOME": folder, "PATH": folder, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
        for arguments in (["--self-test"], ["tour", "--practice", "--out", f"{folder}/tour"]):
            command = [str(program / NAME), *arguments]
            if subprocess.run(command, check=False, env=environment, cwd=folder).returncode != 0:
                raise BuildError(f"The packaged app failed: {' '.join(arguments[:2])}.")


def _cache() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cadence-desk-build"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _search_path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
