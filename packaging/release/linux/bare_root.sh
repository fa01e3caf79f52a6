#!/bin/sh
# Inside fresh mount, network and process namespaces: installs the package in a layer over a bare Debian, tries it as a
# normal user who can reach nothing but this computer, and takes it out again. Called by bare_root.py.
# usage: bare_root.sh BASE LAYER PACKAGE
set -eu
base=$1 layer=$2 package=$3
root=$layer/root
home=home/rep

mount -t overlay overlay -o "lowerdir=$base,upperdir=$layer/upper,workdir=$layer/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir -m 1777 "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
ip link set lo up

as_root() {
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
as_rep() {
    chroot --userspec=rep:rep "$root" /usr/bin/env -i HOME="/$home" USER=rep PATH=/usr/bin:/bin LC_ALL=C.UTF-8 \
        QT_QPA_PLATFORM=offscreen "$@"
}
step() { echo "--- $1"; }

step "no Python, no network"
if as_rep sh -c 'command -v python python3 perl6 pypy3' | grep .; then
    echo "This root is not bare: it has a Python." >&2
    exit 1
fi
if ip -o link show up | grep -v ': lo:'; then
    echo "There is a network here." >&2
    exit 1
fi

step "install"
cp "$package" "$root/package.deb"
as_root dpkg --install /package.deb
rm "$root/package.deb"

step "every library is found"
# shellcheck disable=SC2016 # expanded inside the root
missing=$(as_rep sh -c 'cd /usr/lib/cadence-desk/_internal && find . -name "*.so*" -type f |
    LD_LIBRARY_PATH=$PWD:$PWD/PySide6/Qt/lib:$PWD/PySide6:$PWD/shiboken6 xargs ldd 2>/dev/null' |
    grep 'not found' | sort -u) || true
if [ -n "$missing" ]; then
    echo "$missing"
    echo "A package is missing among the dependencies." >&2
    exit 1
fi

step "as a normal user: version, without a display, self-test"
as_rep cadence-desk --version
status=0
as_rep env -u QT_QPA_PLATFORM cadence-desk || status=$?
[ "$status" -eq 2 ] || { echo "Without a display it ended with $status instead of 2." >&2; exit 1; }
as_rep cadence-desk --self-test

step "as a normal user: the tour"
as_rep cadence-desk tour --practice --out "/$home/tour" --json "/$home/tour.json"

step "as a normal user: an org is added; it outlives a newer package and the removal"
link='cadence-desk://add-org?name=Acme&login_url=https%3A%2F%2Facme.my.salesforce.com&client_id=none'
link="$link&redirect_uri=http%3A%2F%2Flocalhost%3A56420%2FOauthRedirect"
as_rep cadence-desk org add "$link"
cp "$package" "$root/package.deb"
as_root dpkg --install /package.deb
rm "$root/package.deb"
as_rep cadence-desk org list | grep acme

step "nothing of it writes outside the home folder"
if find "$layer/upper" -user 1000 -not -path "$layer/upper/home/*" | grep .; then
    echo "The app wrote outside the home folder." >&2
    exit 1
fi

step "remove"
as_root dpkg --purge cadence-desk
if ! grep -q Acme "$root/$home/.local/share/CadenceDesk/orgs.json"; then
    echo "The removal took what belongs to the user." >&2
    exit 1
fi
