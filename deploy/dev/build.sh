# shellcheck shell=bash
# Configuring and building a preset of CMakePresets.json.

# build_preset NAME [cmake -D options]: quiet unless it fails.
build_preset() {
    local preset=$1 log="$ROOT/build/$1.log"
    shift
    mkdir -p "$ROOT/build"
    local options=("$@")
    ! command -v ccache >/dev/null || options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
    if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
    if ! cmake --build --preset "$preset" >"$log" 2>&1; then
        grep -vE '^\[[0-9]+/[0-9]+\]' "$log" | tail -n 100 >&2
        return 1
    fi
}

# npm_modules SOURCE TARGET: the npm packages of a lock file in SOURCE, exactly
# those, in TARGET/node_modules.
npm_modules() {
    local source=$1 target=$2
    [[ ! -d $target/node_modules ]] || ! cmp -s "$source/package-lock.json" "$target/package-lock.json" || return 0
    mkdir -p "$target"
    cp "$source/package.json" "$target/" || return 1
    (cd "$target" && cp "$source/package-lock.json" . && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) ||
        { rm -rf "$target"; return 1; }
}

# The viewer that /docs shows the REST API with becomes part of the program when
# it is there before cmake looks for it.
build_docs_viewer() {
    if ! command -v npm >/dev/null; then
        say "Without npm the page /docs has no viewer; everything else is complete."
        return 0
    fi
    stage "npm package of /docs" npm_modules "$ROOT/deploy/npm/docs" "$ROOT/build/npm/docs" ||
        say "The page /docs has no viewer; everything else is complete."
}

dev_build() {
    [[ $# -eq 0 ]] || die "build takes no arguments"
    ensure_packages build
    build_docs_viewer
    stage "release build" build_preset release || return 1
    build_clients_if_possible || return 1
    say "build/release/portfoliod, build/release/portfolio-top"
    [[ ! -f $ROOT/build/web/index.html ]] || say "build/web (STATIC_DIR)"
}

dev_bench() {
    ensure_packages build run test
    # Other servers to compare with; the bench says which it had to do without.
    (ensure_packages bench) || say "Some of the servers to compare with cannot be installed."
    ! command -v npm >/dev/null || stage "npm packages of the peers" npm_modules "$ROOT/tests/bench/peers" "$ROOT/build/peers" ||
        say "The node peers are left out."
    build_clients_if_possible || say "The lines of the clients are left out."
    stage "release build" build_preset release
    exec /usr/bin/python3 tests/bench/bench.py "$@"
}
