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

dev_build() {
    [[ $# -eq 0 ]] || die "build takes no arguments"
    ensure_packages build
    stage "release build" build_preset release
    say "build/release/portfoliod"
}

# The npm packages of the bench's node peers, exactly as their lock file has them.
bench_modules() {
    local source="$ROOT/tests/bench/peers" target="$ROOT/build/peers"
    [[ ! -d $target/node_modules ]] || ! cmp -s "$source/package-lock.json" "$target/package-lock.json" || return 0
    mkdir -p "$target"
    cp "$source/package.json" "$target/" || return 1
    (cd "$target" && cp "$source/package-lock.json" . && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) ||
        { rm -rf "$target"; return 1; }
}

dev_bench() {
    ensure_packages build run test
    # Other servers to compare with; the bench says which it had to do without.
    (ensure_packages bench) || say "Some of the servers to compare with cannot be installed."
    ! command -v npm >/dev/null || stage "npm packages of the peers" bench_modules ||
        say "The node peers are left out."
    stage "release build" build_preset release
    exec /usr/bin/python3 tests/bench/bench.py "$@"
}
