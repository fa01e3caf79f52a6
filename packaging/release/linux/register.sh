#!/bin/sh
# Registers Cadence Desk for the user who runs this: menu entry, icon and the cadence-desk:// scheme. Needs no rights.
# usage: register.sh [--remove]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/cadence-desk.desktop
icon=$data/icons/hicolor/scalable/apps/cadence-desk.svg

refresh() {
    if command -v update-desktop-database >/dev/null; then
        update-desktop-database "$data/applications" || true
    fi
}

if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$icon"
    refresh
    echo "Taken out of the menu. Delete the folder $here to remove the app; your data stays in $data/CadenceDesk."
    exit 0
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$icon")"
# quoted as the Desktop Entry Specification asks, in case a folder is named with spaces
sed "s|^Exec=cadence-desk|Exec=\"$here/cadence-desk/cadence-desk\"|" "$here/share/cadence-desk.desktop" >"$entry"
cp "$here/share/cadence-desk.svg" "$icon"
refresh
echo "Cadence Desk is in the menu. It runs from $here, so leave the folder there."
