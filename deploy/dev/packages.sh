# shellcheck shell=bash
# Installs the Debian packages of deploy/packages/*.txt that are missing, and
# nothing else. Installing a server starts no service of the system, now or at the
# next boot, and makes no cluster of PostgreSQL's.

as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        if [[ -n ${CI:-} ]]; then sudo -n "$@"; else sudo "$@"; fi
    else
        die "needs root for: $* (run as root, or install sudo)"
    fi
}

package_is_installed() {
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

package_is_available() {
    local policy
    policy=$(apt-cache policy "$1" 2>/dev/null)
    [[ $policy =~ Candidate:\ [^\(] ]]
}

# Prints the alternatives of each line that is not satisfied, separated by blanks.
packages_missing() {
    local list line word is_there
    for list in "$@"; do
        while read -r line; do
            is_there=
            for word in $line; do
                case $word in
                '|') ;;
                optional) ;;
                has=*) ! compgen -G "${word#has=}" >/dev/null || is_there=1 ;;
                *) ! package_is_installed "$word" || is_there=1 ;;
                esac
            done
            [[ -n $is_there ]] || sed -E 's/has=[^ ]*//; s/[|]/ /g' <<<"$line"
        done < <(grep -vE '^(#|$)' "$ROOT/deploy/packages/$list.txt")
    done
}

# Whether all of these lines are optional and of packages that this distribution
# is known to lack: nothing to read the lists anew for.
packages_are_not_to_be_had() {
    local line
    while read -r line; do
        [[ $line == *' optional'* ]] && ! package_is_available "${line%% *}" || return 1
    done <<<"$1"
}

# ensure_packages LIST...
ensure_packages() {
    command -v dpkg-query >/dev/null || die "needs Debian or Ubuntu (dpkg and apt)"
    local missing line word chosen=() found
    missing=$(packages_missing "$@")
    [[ -n $missing ]] && ! packages_are_not_to_be_had "$missing" || return 0
    say "Reading the package lists"
    as_root apt-get -qq update || say "The package lists could not be brought up to date; trying with those at hand."
    while read -r line; do
        found=
        for word in $line; do
            if package_is_available "$word"; then
                found=$word
                break
            fi
        done
        if [[ -n $found ]]; then
            chosen+=("$found")
        elif [[ $line == *' optional'* ]]; then
            say "This distribution has no package ${line%% *}: done without it."
        else
            die "this distribution has none of: $line"
        fi
    done <<<"$missing"
    [[ ${#chosen[@]} -gt 0 ]] || return 0
    say "Installing ${chosen[*]}"
    install_quietly "${chosen[@]}"
}

# In one root shell, so that what is changed for the time of the installation
# is put back whatever happens: a policy that no service is started, and that
# postgresql-common makes no cluster.
install_quietly() {
    as_root bash -s -- "$@" <<'ROOT_SHELL'
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
services=(redis-server valkey-server haproxy nginx mosquitto nats-server)
units=/lib/systemd/system
came_with_us=()
for service in "${services[@]}"; do
    [[ -e $units/$service.service ]] || came_with_us+=("$service")
done

restore() {
    rm -f "$policy"
    [[ ! -e $policy.before-dev ]] || mv -f "$policy.before-dev" "$policy"
    [[ ! -e $clusters.before-dev ]] || mv -f "$clusters.before-dev" "$clusters"
}
trap restore EXIT
trap 'exit 130' INT TERM HUP

[[ ! -e $policy ]] || mv -f "$policy" "$policy.before-dev"
printf '#!/bin/sh\n# From ./dev of portfoliod, for the time of an installation: start no service.\nexit 101\n' >"$policy"
chmod 755 "$policy"

install() {
    apt-get -qq install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" </dev/null >/tmp/portfoliod-apt.$$ 2>&1 ||
        { cat /tmp/portfoliod-apt.$$ >&2; rm -f /tmp/portfoliod-apt.$$; exit 1; }
    rm -f /tmp/portfoliod-apt.$$
}

for package in "$@"; do
    case $package in
    postgresql*)
        # Its configuration must be there before the server package looks at it.
        install postgresql-common
        cp -p "$clusters" "$clusters.before-dev"
        printf '\ncreate_main_cluster = false\n' >>"$clusters"
        ;;
    esac
done
install "$@"

# A server that came with us shall not start with the next boot either.
if command -v systemctl >/dev/null; then
    for service in "${came_with_us[@]}"; do
        [[ ! -e $units/$service.service ]] || systemctl --quiet disable "$service" 2>/dev/null || true
    done
fi
ROOT_SHELL
}
