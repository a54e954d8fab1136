# shellcheck shell=bash
# The private PostgreSQL and Redis of a checkout: data below var/, or in
# /var/tmp where their user cannot reach the checkout; sockets below /tmp.
# PostgreSQL never runs as root, and neither touches a service of the system.

stack_as_user() {
    if [[ $EUID -eq 0 ]]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups -- env -C / HOME=/ "$@"
    else
        "$@"
    fi
}

# Makes a directory of the stack's user, closed to others. A directory in a
# place where others may write is used only when it is that user's own.
stack_make_directory() {
    local path=$1
    if [[ ! -e $path && ! -L $path ]]; then
        mkdir -m 700 "$path" || die "cannot make $path"
        [[ $EUID -ne 0 ]] || chown postgres:postgres "$path"
    fi
    if [[ -L $path || $(stat -c %U "$path") != "$stack_user" ]]; then
        die "$path belongs to $(stat -c %U "$path"), not to $stack_user"
    fi
    chmod 700 "$path"
}

# Where everything is: stack_data, stack_sockets, DATABASE_URL, REDIS_URL.
stack_locate() {
    stack_user=$(id -un)
    if [[ $EUID -eq 0 ]]; then
        getent passwd postgres >/dev/null || die "there is no user postgres yet: run ./dev stack start"
        stack_user=postgres
    fi
    local name
    name=$(id -u)-$(printf '%s' "$ROOT" | sha256sum | cut -c1-8)
    stack_data=$ROOT/var
    mkdir -p "$ROOT/var"
    if ! stack_as_user test -x "$ROOT/var"; then
        stack_data=/var/tmp/portfoliod-$name
        stack_make_directory "$stack_data"
    fi
    stack_sockets=/tmp/portfoliod-$name
    DATABASE_URL="postgresql://$stack_user@/portfolio?host=$stack_sockets"
    REDIS_URL="unix://$stack_sockets/redis.sock"
    export DATABASE_URL REDIS_URL
}

# The version that made the data directory, else the newest one installed.
stack_postgres_bin() {
    local version
    version=$(stack_as_user cat "$stack_data/postgres/PG_VERSION" 2>/dev/null) ||
        version=$(find /usr/lib/postgresql -maxdepth 1 -regex '.*/[0-9]+' -printf '%f\n' | sort -n | tail -n 1)
    local bin=/usr/lib/postgresql/$version/bin
    [[ -x $bin/postgres ]] || die "the data in $stack_data/postgres need PostgreSQL $version, which is not installed (./dev reset deletes them)"
    printf '%s' "$bin"
}

stack_postgres_is_running() {
    stack_as_user "$postgres_bin/pg_ctl" -D "$stack_data/postgres" status >/dev/null 2>&1
}

stack_start_postgres() {
    local data=$stack_data/postgres
    if ! stack_as_user test -f "$data/PG_VERSION"; then
        rm -rf "$data.new"
        stack_make_directory "$data.new"
        stack_as_user "$postgres_bin/initdb" -D "$data.new" -U "$stack_user" -A trust -E UTF8 --locale=C.UTF-8 \
            >/dev/null || die "initdb failed"
        # A rename, so that an interrupted initdb leaves nothing that looks whole.
        rm -rf "$data"
        mv "$data.new" "$data" || die "cannot make $data"
    fi
    stack_postgres_is_running ||
        stack_as_user "$postgres_bin/pg_ctl" -D "$data" -l "$data/server.log" -w -t 60 -s start \
            -o "-c listen_addresses='' -c unix_socket_directories='$stack_sockets'" ||
        die "PostgreSQL does not start, see $data/server.log"
    local found
    found=$(stack_psql postgres -Atc "SELECT 1 FROM pg_database WHERE datname = 'portfolio'") || return 1
    [[ -n $found ]] || stack_psql postgres -qc 'CREATE DATABASE portfolio'
}

# stack_psql DATABASE ARGUMENTS...
stack_psql() {
    local database=$1
    shift
    "$postgres_bin/psql" -X -v ON_ERROR_STOP=1 -h "$stack_sockets" -U "$stack_user" -d "$database" "$@"
}

stack_redis_pid() {
    local pid
    pid=$(stack_as_user cat "$stack_data/redis/redis.pid" 2>/dev/null) || return 1
    # The file may be of a process that was killed; a number may be another's by now.
    [[ -n $pid && $(readlink "/proc/$pid/cwd") == "$stack_data/redis" ]] && printf '%s' "$pid"
}

stack_redis_answers() {
    local answer
    answer=$(stack_as_user "${redis_command%-server}-cli" -s "$stack_sockets/redis.sock" ping 2>/dev/null)
    [[ $answer == PONG ]]
}

stack_start_redis() {
    stack_make_directory "$stack_data/redis"
    if ! stack_redis_pid >/dev/null; then
        stack_as_user "$redis_command" --port 0 --unixsocket "$stack_sockets/redis.sock" --unixsocketperm 700 \
            --dir "$stack_data/redis" --pidfile "$stack_data/redis/redis.pid" --logfile "$stack_data/redis/redis.log" \
            --appendonly yes --save '' --daemonize yes >/dev/null || die "Redis does not start"
    fi
    wait_for 30 stack_redis_answers || die "Redis does not start, see $stack_data/redis/redis.log"
}

stack_prepare() {
    ensure_packages run
    stack_locate
    postgres_bin=$(stack_postgres_bin) || exit 1
    redis_command=$(command -v redis-server || command -v valkey-server) || die "no redis-server"
    [[ $stack_data != "$ROOT/var" ]] || mkdir -p "$ROOT/var"
    stack_make_directory "$stack_sockets"
}

# Each run holds a share of this for its life, so that the end of one does not
# take the servers from another of the same checkout.
stack_share() {
    mkdir -p "$ROOT/var"
    exec 8>"$ROOT/var/.in-use"
    flock -s 8
}

# True when no other run has a share and nobody started the servers by hand.
stack_is_ours_alone() {
    [[ ! -e $ROOT/var/.by-hand ]] && flock -n -x 8
}

# One at a time: two starts would both find nothing running. The lock is closed
# for the servers, which outlive this script.
stack_up() {
    stack_prepare
    (
        flock -w 120 9 || die "another ./dev holds $ROOT/var/.lock"
        { stack_start_postgres && stack_start_redis; } 8>&- 9>&-
    ) 9>"$ROOT/var/.lock"
}

stack_process_is_gone() {
    [[ ! -d /proc/$1 || $(readlink "/proc/$1/cwd") != "$stack_data/redis" ]]
}

# Redis first: PostgreSQL is what must be closed properly, and nothing waits for Redis.
stack_down() {
    local pid
    if pid=$(stack_redis_pid); then
        stack_as_user kill "$pid" 2>/dev/null || true
        wait_for 30 stack_process_is_gone "$pid" || say "Redis (process $pid) does not end"
    fi
    if stack_postgres_is_running; then
        stack_as_user "$postgres_bin/pg_ctl" -D "$stack_data/postgres" -m fast -w -t 60 -s stop
    fi
}

stack_is_installed() {
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

# Lines for `export $(./dev stack env)` and for an environment file.
stack_print_env() {
    say "DATABASE_URL=$DATABASE_URL"
    say "REDIS_URL=$REDIS_URL"
}

dev_stack() {
    case ${1:-} in
    start)
        stack_up
        # What was started by hand stays when ./dev run ends.
        : >"$ROOT/var/.by-hand"
        say "PostgreSQL and Redis run; data in $stack_data"
        stack_print_env
        ;;
    stop)
        rm -f "$ROOT/var/.by-hand"
        stack_is_installed || return 0
        stack_prepare
        stack_down
        ;;
    env)
        stack_locate
        stack_print_env
        ;;
    *) die "stack takes start, stop or env" ;;
    esac
}

dev_reset() {
    local answer=
    stack_is_installed || {
        say "There is nothing to reset."
        return 0
    }
    stack_prepare
    if [[ ${1:-} != --yes ]]; then
        [[ -t 0 && -z ${CI:-} ]] || die "reset deletes $stack_data: say --yes"
        read -r -p "Delete the data in $stack_data? [y/N] " answer
        [[ $answer == [yY]* ]] || die "nothing was deleted"
    fi
    stack_down
    rm -rf "$stack_data/postgres" "$stack_data/postgres.new" "$stack_data/redis" "$stack_sockets"
    rm -rf "${ROOT:?}/var"
    [[ $stack_data == "$ROOT/var" ]] || rmdir "$stack_data"
    say "The private servers are stopped and their data deleted."
}
