"""Makes the per-user MSI, which IT departments hand out by their own tools. Called by the command.

The source is written for WiX 3; msitools' wixl compiles it on Linux, candle and light do on Windows. The program inside
has to be built on Windows.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from release.icons import icon_file
from release.project import DIST, MAINTAINER, NAME, PROGRAM, SUMMARY, TITLE, WORK, BuildError, run, version

FAMILY = uuid.UUID("6c0a0e0e-0f6b-5b0f-9a57-2f1a6d1f7c11")
"""Upgrade code: the same for all versions, so that a newer one takes an older one's place."""
WIX = "http://schemas.microsoft.com/wix/2006/wi"
KEY = rf"Software\{TITLE}"
SCHEME = rf"Software\Classes\{NAME}"


def code(of: str) -> str:
    """Return a code that is the same in every build."""
    return str(uuid.uuid5(FAMILY, of)).upper()


def package_source(program: Path, icon: Path) -> str:
    """Return the WiX source for a program folder: one component per folder, each proven by a value of the user's own.

    Windows Installer wants that of what lies in a user's folder (ICE38), and each folder taken out by name (ICE64).
    """
    root = ET.Element("Wix", xmlns=WIX)
    product = _element(
        root, "Product", Id=code(f"product {version()}"), Name=TITLE, Language="1033", Version=version(),
        Manufacturer=MAINTAINER.split(" <", 1)[0], UpgradeCode=str(FAMILY).upper(),
    )  # fmt: skip
    _element(
        product, "Package", InstallerVersion="500", Compressed="yes", Description=SUMMARY, Platform="x64",
        InstallScope="perUser", InstallPrivileges="limited",
    )  # fmt: skip
    _element(
        product, "MajorUpgrade", DowngradeErrorMessage=f"A newer version of {TITLE} is installed.",
        Schedule="afterInstallInitialize",
    )  # fmt: skip
    _element(product, "MediaTemplate", EmbedCab="yes")
    _element(product, "Icon", Id="desk.ico", SourceFile=_seen(icon))
    _element(product, "Property", Id="ARPPRODUCTICON", Value="desk.ico")
    target = _element(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    local = _element(target, "Directory", Id="LocalAppDataFolder")
    programs = _element(local, "Directory", Id="ProgramsOfUser", Name="Programs")
    _element(target, "Directory", Id="ProgramMenuFolder")
    place = _element(programs, "Directory", Id="INSTALLDIR", Name=TITLE)
    feature = _element(product, "Feature", Id="Desk", Title=TITLE, Level="1")
    for component in (*_folder(place, program, program), _ways_in(programs)):
        _element(feature, "ComponentRef", Id=component)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _folder(directory: ET.Element, folder: Path, program: Path) -> Iterator[str]:
    """Describe a folder and those in it; yields the components."""
    inside = folder.relative_to(program).as_posix()
    mark = code(f"folder {inside}").replace("-", "")
    component = _element(directory, "Component", Id=f"c{mark}", Guid=code(f"component {inside}"), Win64="yes")
    entries = sorted(folder.iterdir())
    for file in (one for one in entries if one.is_file()):
        name = code(f"file {inside}/{file.name}").replace("-", "")
        _element(component, "File", Id=f"f{name}", Name=file.name, Source=_seen(file))
    _element(component, "RemoveFolder", Id=f"r{mark}", On="uninstall")
    _value(component, KEY, f"Folder {inside}", "1", proof=True)
    yield f"c{mark}"
    for inner in (one for one in entries if one.is_dir() and not one.is_symlink()):
        at = (inner.relative_to(program)).as_posix()
        child = _element(
            directory, "Directory", Id="d" + code(f"folder {at}").replace("-", ""), Name=inner.name
        )
        yield from _folder(child, inner, program)


def _ways_in(programs: ET.Element) -> str:
    """Describe the entry of the start menu and the links of the desk; returns the component."""
    component = _element(programs, "Component", Id="WaysIn", Guid=code("ways in"), Win64="yes")
    _element(
        component, "Shortcut", Id="MenuEntry", Directory="ProgramMenuFolder", Name=TITLE, Description=SUMMARY,
        Target=f"[INSTALLDIR]{NAME}.exe", Arguments="open", WorkingDirectory="INSTALLDIR",
    )  # fmt: skip
    _element(component, "RemoveFolder", Id="RemovePrograms", On="uninstall")
    _value(component, KEY, "InstallDir", "[INSTALLDIR]", proof=True)
    _value(component, SCHEME, "", f"URL:{TITLE}")
    _value(component, SCHEME, "URL Protocol", "")
    _value(component, rf"{SCHEME}\DefaultIcon", "", f"[INSTALLDIR]{NAME}.exe,0")
    _value(component, rf"{SCHEME}\shell\open\command", "", f'"[INSTALLDIR]{NAME}.exe" open "%1"')
    return "WaysIn"


def _seen(file: Path) -> str:
    """Return a path as seen from where the source lies: wixl looks for nothing else."""
    return os.path.relpath(file, WORK)


def _value(component: ET.Element, key: str, name: str, value: str, *, proof: bool = False) -> None:
    attributes = {"Name": name} if name else {}
    if proof:
        attributes["KeyPath"] = "yes"
    _element(component, "RegistryValue", Root="HKCU", Key=key, Type="string", Value=value, **attributes)


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def make_package(program: Path = PROGRAM) -> Path:
    """Pack a program folder as MSI. Raises BuildError."""
    source, target = WORK / f"{NAME}.wxs", DIST / f"{NAME}-{version()}.msi"
    WORK.mkdir(parents=True, exist_ok=True)
    source.write_text(package_source(program, Path(icon_file(".ico"))), encoding="utf-8")
    if wixl := shutil.which("wixl"):
        run([wixl, "-a", "x64", "-o", str(target), str(source)], what="wixl")
    elif (candle := shutil.which("candle")) and (light := shutil.which("light")):
        compiled = WORK / f"{NAME}.wixobj"
        run([candle, "-nologo", "-arch", "x64", "-out", str(compiled), str(source)], what="candle")
        run([light, "-nologo", "-b", str(WORK), "-out", str(target), str(compiled)], what="light")
    else:
        raise BuildError("The MSI is made with WiX 3 or, on Linux, with wixl of msitools: neither is here.")
    return target
