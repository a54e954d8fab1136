# shellcheck shell=bash
# What is written in TypeScript: its npm packages, the SDK, the dashboard. Each is
# made again only when something that it is made of has changed.

clients_have_npm() {
    command -v npm >/dev/null && command -v node >/dev/null
}

# The npm packages of clients/ (SDK, dashboard, examples), where its sources find
# them: clients/node_modules. Again only when the lock has changed.
build_client_modules() {
    local lock="$ROOT/clients/package-lock.json" taken="$ROOT/clients/node_modules/.taken-lock.json"
    ! cmp -s "$lock" "$taken" || return 0
    stage "npm packages of the clients" clients_install && cp "$lock" "$taken"
}

clients_install() {
    (cd "$ROOT/clients" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null)
}

# clients_digest PATHS…: of the files as they are, and of what compiles them.
clients_digest() {
    {
        node --version
        find "$@" -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print0 | sort -z | xargs -0 sha256sum
    } | sha256sum | cut -d' ' -f1
}

# clients_make TITLE NAME RESULT COMMAND SOURCES…: runs the command unless RESULT is there and made of these sources.
clients_make() {
    local title=$1 name=$2 result=$3 command=$4 stamp="$ROOT/build/clients/$2.stamp" digest
    shift 4
    digest=$(cd "$ROOT" && clients_digest "$@") || return 1
    [[ ! -e $result || ! -f $stamp || $(<"$stamp") != "$digest" ]] || return 0
    mkdir -p "$ROOT/build/clients"
    rm -f "$stamp"
    stage "$title" clients_run_quietly "$ROOT/build/clients/$name.log" "$command" || return 1
    printf '%s\n' "$digest" >"$stamp"
}

# clients_run_quietly LOG COMMAND…: what it says only when it fails.
clients_run_quietly() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 || {
        tail -n 60 "$log" >&2
        return 1
    }
}

clients_build_sdk() {
    (cd "$ROOT/clients" && npm run --silent build -w sdk)
}

# Packed here, once and well, so that the server need not.
clients_build_dashboard() {
    (cd "$ROOT/clients" && npm run --silent build -w web) && node "$ROOT/deploy/dev/precompress.mjs" "$ROOT/build/web"
}

# SDK and dashboard, where there is npm: clients/sdk/dist and build/web.
build_clients() {
    local common=(clients/package-lock.json clients/tsconfig.base.json clients/sdk protocol/asyncapi.yaml protocol/openapi.yaml
        protocol/openapi)
    if ! clients_have_npm; then
        say "Without node and npm there is no dashboard and no SDK; everything else is complete."
        return 0
    fi
    build_client_modules || return 1
    clients_make "TypeScript SDK" sdk "$ROOT/clients/sdk/dist" clients_build_sdk "${common[@]}" || return 1
    clients_make "dashboard" dashboard "$ROOT/build/web/index.html" clients_build_dashboard "${common[@]}" clients/web \
        deploy/dev/precompress.mjs
}

# With what they need from Debian; where that cannot be had they are left out.
build_clients_if_possible() {
    (ensure_packages web) || say "node and npm cannot be installed here."
    build_clients
}

# tsc over each workspace with its tests, and the browser tests.
lint_typescript() {
    local project status=0
    build_client_modules || return 1
    for project in "$ROOT"/clients/*/tsconfig.json "$ROOT"/clients/*/test/tsconfig.json "$ROOT/tests/e2e/tsconfig.json"; do
        [[ ! -f $project ]] ||
            "$ROOT/clients/node_modules/.bin/tsc" --noEmit --emitDeclarationOnly false -p "$project" || status=1
    done
    return "$status"
}

# The pictures of docs/images, as the browser tests take them.
dev_shots() {
    [[ $# -eq 0 ]] || die "shots takes no arguments"
    ensure_packages build run test
    (ensure_packages web) || die "the pictures need node and npm"
    # As for the tests: what writes the prices of the past is built with them.
    stage "build with AddressSanitizer and UBSan" build_preset asan || return 1
    build_clients || return 1
    stage "pictures of the dashboard" env PORTFOLIOD="$ROOT/build/asan/portfoliod" PF_SHOTS="$ROOT/docs/images" \
        PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q --tb=short tests/e2e/pages.spec.ts
}
