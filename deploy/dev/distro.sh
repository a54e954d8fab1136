#!/usr/bin/env bash
# Builds and tests the committed state of this checkout on another distribution,
# in a chroot that debootstrap makes. For root. Mounts and processes are in
# namespaces of their own and go with the script; the directory stays, and makes
# the next run short. The network is the host's.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=deploy/dev/common.sh
source "$ROOT/deploy/dev/common.sh"

usage='usage: deploy/dev/distro.sh SUITE [DEV_COMMAND...]

  SUITE         a release of Debian or Ubuntu: bookworm, trixie, noble
  DEV_COMMAND   arguments of ./dev; without: build, then test

DISTRO_DIR (/var/tmp/portfoliod-SUITE) is where the chroot is,
DISTRO_MIRROR where its packages come from.'

# The distributions we know; debootstrap knows Debian's by itself, and makes
# every Ubuntu in the same way.
distro_describe() {
    suite=$1
    case $suite in
    bookworm | trixie | forky | sid)
        mirror=${DISTRO_MIRROR:-http://deb.debian.org/debian}
        components=main
        keyring=/usr/share/keyrings/debian-archive-keyring.gpg
        script=sid
        ;;
    noble | plucky | questing | resolute)
        mirror=${DISTRO_MIRROR:-http://archive.ubuntu.com/ubuntu}
        components=main,universe
        keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
        script=gutsy
        ;;
    *) die "no such distribution: $suite"$'\n'"$usage" ;;
    esac
    directory=${DISTRO_DIR:-/var/tmp/portfoliod-$suite}
}

distro_bootstrap() {
    [[ ! -e $directory/.portfoliod-ready ]] || return 0
    local trust=(--keyring="$keyring")
    if [[ ! -e $keyring ]]; then
        say "$keyring is missing (its package has the same name): signatures are not checked."
        trust=(--no-check-gpg)
    fi
    debootstrap --variant=minbase --components="$components" "${trust[@]}" \
        "$suite" "$directory" "$mirror" "/usr/share/debootstrap/scripts/$script" >"$directory.log" ||
        { tail -n 20 "$directory.log" >&2; return 1; }
    [[ $script != gutsy ]] || printf 'deb %s %s-updates main universe\n' "$mirror" "$suite" >>"$directory/etc/apt/sources.list"
    : >"$directory/.portfoliod-ready"
}

# What git has, not what lies around: what a new user gets. Its build directory
# stays, for the next run.
distro_copy_checkout() {
    local copy=$directory/srv/portfoliod
    [[ -d $copy/.git ]] || git clone -q --no-hardlinks "$ROOT" "$copy" || return 1
    git -C "$copy" fetch -q "$ROOT" HEAD || return 1
    git -C "$copy" checkout -q --force --detach FETCH_HEAD
}

# The first process of namespaces of its own.
# shellcheck disable=SC2016
distro_inside='
set -eu
mount -t proc proc "$0/proc"
mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm"
exec chroot "$0" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI=true \
    sh -c "cd /srv/portfoliod && exec ./dev \"\$@\"" dev "$@"'

distro_dev() {
    unshare --mount --pid --fork --kill-child --propagation private sh -c "$distro_inside" "$directory" "$@"
}

main() {
    [[ $# -ge 1 && $1 != -h && $1 != --help ]] || die "$usage"
    [[ $EUID -eq 0 ]] || die "a chroot needs root"
    command -v debootstrap >/dev/null || die "install debootstrap"
    distro_describe "$1"
    shift
    stage "chroot of $suite in $directory" distro_bootstrap
    distro_copy_checkout
    if [[ $# -gt 0 ]]; then
        distro_dev "$@"
    else
        distro_dev build
        distro_dev test
    fi
}

main "$@"
