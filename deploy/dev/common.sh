# shellcheck shell=bash
# What all commands of ./dev share: messages, waiting.

say() {
    printf '%s\n' "$*"
}

die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

# stage NAME COMMAND...: runs it with a line before and its time after.
# In here bash does not end at a failing command (set -e is off below a ||), so
# the functions that are stages say `|| return 1` themselves.
stage() {
    local name=$1 started=$SECONDS status=0 outcome="done"
    shift
    printf -- '--- %s\n' "$name"
    "$@" || status=$?
    [[ $status -eq 0 ]] || outcome=FAILED
    printf -- '--- %s: %s in %d s\n' "$name" "$outcome" $((SECONDS - started))
    return "$status"
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails after SECONDS.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

port_is_used() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The status code of a GET on the loopback; nothing when nobody answers.
http_status() {
    local port=$1 path=$2 line
    {
        exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
        printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$path" >&3
        IFS= read -r -t 5 line <&3 || return 1
        exec 3>&-
    } 2>/dev/null
    line=${line#* }
    printf '%s' "${line%% *}"
}
