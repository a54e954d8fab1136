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

dev_bench() {
    ensure_packages build run test
    stage "release build" build_preset release
    exec /usr/bin/python3 tests/bench/bench.py "$@"
}
