"""What the macOS bundle says of itself, and the commands that sign, notarize and pack it. Called by the spec and the command.

Standard library only. Signing takes a Mac, a Developer ID and an App Store Connect key.
"""

import os
import platform
import plistlib
import shutil
from pathlib import Path
from typing import Any

from release.project import DIST, HERE, NAME, TITLE, BuildError, run, version

IDENTIFIER = "desk.cadence.CadenceDesk"
OLDEST = "13.0"
"""The oldest macOS that the Qt in the lock supports."""


def information() -> dict[str, Any]:
    """Return the bundle's Info.plist as far as it is ours."""
    return {
        "CFBundleName": TITLE,
        "CFBundleDisplayName": TITLE,
        "CFBundleShortVersionString": version(),
        "CFBundleVersion": version(),
        "LSMinimumSystemVersion": OLDEST,
        "LSApplicationCategoryType": "public.app-category.business",
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "NSHumanReadableCopyright": "Apache License 2.0",
        "CFBundleURLTypes": [
            {"CFBundleURLName": IDENTIFIER, "CFBundleTypeRole": "Viewer", "CFBundleURLSchemes": [NAME]}
        ],
    }


def signing_steps(app: Path, image: Path, identity: str, profile: str) -> list[list[str]]:
    """Return the commands from a fresh bundle to an image that opens without a warning."""
    sign = ["codesign", "--force", "--timestamp", "--options", "runtime", "--sign", identity]
    return [
        [*sign, "--deep", "--entitlements", str(HERE / "macos" / "entitlements.plist"), str(app)],
        ["codesign", "--verify", "--strict", "--deep", str(app)],
        [
            "hdiutil",
            "create",
            "-volname",
            TITLE,
            "-srcfolder",
            str(app),
            "-ov",
            "-format",
            "UDZO",
            str(image),
        ],
        [*sign, str(image)],
        ["xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile, "--wait"],
        ["xcrun", "stapler", "staple", str(image)],
        ["spctl", "--assess", "--type", "open", "--context", "context:primary-signature", str(image)],
    ]


def make_image() -> Path:
    """Sign, notarize and pack the bundle; unsigned without the two names in the environment. Raises BuildError."""
    app = DIST / f"{TITLE}.app"
    if platform.system() != "Darwin" or shutil.which("hdiutil") is None:
        raise BuildError("The macOS image is made on a Mac.")
    if not app.is_dir():
        raise BuildError("There is no bundle yet: build the part “program” first.")
    image = DIST / f"{NAME}-{version()}-macos.dmg"
    identity = os.environ.get("CADENCE_DESK_SIGN_AS", "")
    profile = os.environ.get("CADENCE_DESK_NOTARY_PROFILE", "")
    steps = signing_steps(app, image, identity, profile)
    if not (identity and profile):
        steps = [step for step in steps if step[0] == "hdiutil"]
    for step in steps:
        run(step, what=step[0])
    return image


def entitlements() -> dict[str, Any]:
    """Return what the signed program may do beyond the hardened runtime's defaults."""
    loaded: dict[str, Any] = plistlib.loads((HERE / "macos" / "entitlements.plist").read_bytes())
    return loaded
