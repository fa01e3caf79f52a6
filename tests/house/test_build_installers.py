"""What is handed out: per user, without rights, the same bytes from the same source, and gone without a trace."""

import configparser
import os
import plistlib
import re
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest
from release import archives, debian, mac_bundle, windows_installer, windows_package
from release.bare_root import left_over
from release.project import HERE, NAME, version
from release.reproducible import differences
from release.start_up import figures


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small stand-in for the packaged app."""
    folder = tmp_path / "dist" / NAME
    licenses = folder / "_internal" / "cadence_desk" / "resources" / "licenses"
    licenses.mkdir(parents=True)
    (licenses / "THIRD-PARTY.txt").write_text("nothing\n", encoding="utf-8")
    (folder / NAME).write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / NAME).chmod(0o755)
    (folder / "_internal" / "libx.so").write_bytes(b"x" * 5000)
    (folder / "_internal" / "link.so").symlink_to("libx.so")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for module in (archives, debian, windows_installer, windows_package):
        monkeypatch.setattr(module, "PROGRAM", folder)
        monkeypatch.setattr(module, "DIST", tmp_path / "dist")
    for module in (debian, windows_package):
        monkeypatch.setattr(module, "WORK", tmp_path / "build")
    monkeypatch.setattr(archives, "architecture", lambda: "amd64")
    return folder


needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not here")


@needs_dpkg
def test_debian_package_asks_for_no_rights_and_is_the_same_twice(program: Path) -> None:
    first = debian.make_deb().read_bytes()
    (program / "_internal" / "libx.so").touch()
    package = debian.make_deb()
    assert package.read_bytes() == first
    scripts = subprocess.run(["dpkg-deb", "--ctrl-tarfile", package], capture_output=True, check=True).stdout
    control = (
        subprocess.run(["tar", "-t"], input=scripts, capture_output=True, check=True).stdout.decode().split()
    )
    assert sorted(control) == ["./", "./control", "./md5sums"], "no script runs as root"
    listed = subprocess.run(
        ["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True
    ).stdout
    assert all(line.split()[1] == "root/root" for line in listed.splitlines())
    assert not re.search(r"^.{3}s|^.{6}s", listed, re.MULTILINE), "nothing runs with another's rights"
    for place in (
        f"./usr/bin/{NAME} -> ../lib/{NAME}/{NAME}",
        f"./usr/share/applications/{NAME}.desktop",
        f"./usr/share/icons/hicolor/scalable/apps/{NAME}.svg",
        f"./usr/share/doc/{NAME}/copyright",
    ):
        assert place in listed


@pytest.mark.skipif(shutil.which("xz") is None, reason="xz is not here")
def test_tarball_is_the_same_twice_and_belongs_to_nobody(program: Path) -> None:
    first = archives.make_tarball().read_bytes()
    (program / NAME).touch()
    target = archives.make_tarball()
    assert target.read_bytes() == first
    with tarfile.open(target) as archive:
        entries = {one.name.split("/", 1)[1]: one for one in archive.getmembers()}
    assert {(one.uid, one.gid, one.uname, one.mtime) for one in entries.values()} == {
        (0, 0, "", 1_700_000_000)
    }
    assert entries[f"{NAME}/{NAME}"].mode & 0o111
    assert entries["register.sh"].mode & 0o111
    assert archives.write_checksums().read_text(encoding="ascii").endswith(f"  {target.name}\n")


@pytest.mark.skipif(os.name != "posix", reason="for Linux")
def test_register_writes_to_the_users_own_folders_only(tmp_path: Path) -> None:
    place = tmp_path / "My Apps"
    (place / "share").mkdir(parents=True)
    for name in (f"{NAME}.desktop",):
        shutil.copyfile(HERE / "linux" / name, place / "share" / name)
    (place / "share" / f"{NAME}.svg").write_text("<svg/>", encoding="utf-8")
    shutil.copyfile(HERE / "linux" / "register.sh", place / "register.sh")
    environment = {
        "PATH": os.defpath,
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    run = ["sh", str(place / "register.sh")]
    subprocess.run(run, env=environment, check=True, capture_output=True)
    entry = tmp_path / "data" / "applications" / f"{NAME}.desktop"
    assert f'Exec="{place}/{NAME}/{NAME}" open %u' in entry.read_text(encoding="utf-8")
    subprocess.run([*run, "--remove"], env=environment, check=True, capture_output=True)
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file() and path.suffix != ".cache"]


def test_desktop_entry_opens_the_links_of_the_desk() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(HERE / "linux" / f"{NAME}.desktop", encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert entry["Exec"] == f"{NAME} open %u"
    assert entry["MimeType"] == f"x-scheme-handler/{NAME};"
    assert entry["Terminal"] == "false"


def test_windows_installer_touches_this_user_only() -> None:
    script = (HERE / "windows" / f"{NAME}.nsi").read_text(encoding="utf-8")
    commands = "\n".join(line for line in script.splitlines() if not line.lstrip().startswith(";"))
    assert "RequestExecutionLevel user" in commands
    assert not re.search(r"HKLM|HKCR|SHCTX|\$PROGRAMFILES|\$WINDIR|\$SYSDIR", commands)
    written = set(re.findall(r'(?:WriteReg\w+|DeleteRegKey) HKCU "([^"\\]+)', commands))
    assert written == {"Software", "${SCHEME}", "${LISTED}"}
    assert "CadenceDesk" not in re.findall(r"RMDir.*", commands), "what the user has stays"


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not here")
@pytest.mark.usefixtures("qapp")  # the icon is drawn under the one application that other tests share
def test_windows_installer_compiles(program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    icon = tmp_path / "x.ico"
    icon.write_bytes(windows_icon())
    monkeypatch.setattr(windows_installer, "icon_file", lambda _suffix: str(icon))
    assert windows_installer.make_installer(program).read_bytes()[:2] == b"MZ"


@pytest.mark.skipif(shutil.which("wixl") is None, reason="wixl of msitools is not here")
@pytest.mark.usefixtures("qapp")
def test_windows_package_compiles_and_touches_this_user_only(
    program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    icon = tmp_path / "x.ico"
    icon.write_bytes(windows_icon())
    monkeypatch.setattr(windows_package, "icon_file", lambda _suffix: str(icon))
    package = windows_package.make_package(program)

    def table(name: str) -> list[list[str]]:
        told = subprocess.run(
            ["msiinfo", "export", package, name], capture_output=True, text=True, check=True
        ).stdout
        return [line.split("\t") for line in told.splitlines()[3:]]

    names = {row[2] for row in table("File")}
    assert names == {path.name for path in program.rglob("*") if path.is_file()}
    assert {row[1] for row in table("Registry")} == {"1"}, "values of this user only"
    assert all(row[5].startswith("reg") and int(row[3]) & 4 for row in table("Component"))
    assert {row[3] for row in table("RemoveFile")} == {row[2] for row in table("Component")}, (
        "each folder goes again"
    )
    assert "ALLUSERS" not in {row[0] for row in table("Property")}


def test_windows_package_is_the_same_twice(program: Path, tmp_path: Path) -> None:
    once = windows_package.package_source(program, tmp_path / "x.ico")
    assert windows_package.package_source(program, tmp_path / "x.ico") == once
    assert str(windows_package.FAMILY).upper() in once
    assert once.count("<File ") == len([path for path in program.rglob("*") if path.is_file()])


def windows_icon() -> bytes:
    """Return an icon of one pixel."""
    from release.icons import as_ico, pictures

    return as_ico(pictures((16, 32)))


def test_version_resource_is_python_that_pyinstaller_reads() -> None:
    text = windows_installer.version_resource()
    compile(text, "version", "eval")
    assert f"'{version()}'" in text
    assert len(windows_installer.version_numbers()) == 4


def test_mac_bundle_says_who_it_is() -> None:
    told = mac_bundle.information()
    assert plistlib.loads(plistlib.dumps(told)) == told
    assert told["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == [NAME]
    assert all(name.startswith("com.apple.security.cs.") for name in mac_bundle.entitlements())
    steps = mac_bundle.signing_steps(Path("x.app"), Path("x.dmg"), "who", "profile")
    assert [step[0] for step in steps] == [
        "codesign",
        "codesign",
        "hdiutil",
        "codesign",
        "xcrun",
        "xcrun",
        "spctl",
    ]


def test_what_is_left_behind_is_seen(tmp_path: Path) -> None:
    for place in ("home/rep/.local/x", "var/lib/dpkg/status", "etc/left.conf", "usr/bin/left"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert left_over(tmp_path) == ["etc/left.conf", "usr/bin/left"]


def test_two_builds_are_compared_by_content_mode_and_aim(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same").write_text("x", encoding="utf-8")
        os.utime(tmp_path / name / "same", (1, 1))
        (tmp_path / name / "link").symlink_to(name)
        os.utime(tmp_path / name / "link", (1, 1), follow_symlinks=False)
    (tmp_path / "two" / "more").touch()
    assert differences(tmp_path / "one", tmp_path / "two") == ["link", "more"]
    (tmp_path / "two" / "same").chmod(stat.S_IRWXU)
    assert "same" in differences(tmp_path / "one", tmp_path / "two")


def test_figures_are_median_least_and_most() -> None:
    assert figures([3.0, 1.0, 2.0]) == "2 (1 to 3)"
