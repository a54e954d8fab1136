# shellcheck shell=bash
# ./dev guard: the instruction counts of the hot paths against their baselines
# (tests/bench/micro/README.md). Also a stage of ./dev test.

guard_run() {
    PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/bench/micro/guard.py --build "$ROOT/build/release" "$@"
}

dev_guard() {
    [[ $# -eq 0 || ($# -eq 1 && $1 == --update) ]] || die "guard takes --update or nothing"
    ensure_packages build test
    stage "release build" build_preset release
    stage "instruction counts of the hot paths" guard_run "$@"
}
