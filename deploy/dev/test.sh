# shellcheck shell=bash
# ./dev test: every test, and one line at the end that counts them.

# What ThreadSanitizer is for: the tests of what two threads touch.
test_threaded='key_ring|key_set|token_keys|mailbox|worker|store|bus_memory|poller|log|metrics|loop'

# Runs a command as it is, but for tsan without address space randomization,
# much of which gcc's ThreadSanitizer does not cope with.
test_with_preset() {
    local preset=$1 runner=()
    shift
    if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
        runner=(setarch "$(uname -m)" -R)
    fi
    PORTFOLIOD="$ROOT/build/$preset/portfoliod" "${runner[@]}" "$@"
}

# Most tests wait for servers and timers, not for a core.
test_jobs() {
    echo "$((2 * $(nproc)))"
}

# test_run_ctest PRESET PATTERN: writes build/results/ctest-PRESET.xml.
test_run_ctest() {
    local preset=$1 pattern=$2 results="$ROOT/build/results/ctest-$1.xml"
    test_with_preset "$preset" ctest --test-dir "build/$preset" -j "$(test_jobs)" --output-on-failure --no-tests=ignore \
        --output-junit "$results" ${pattern:+-R "$pattern"} >"$ROOT/build/results/ctest-$preset.log" 2>&1 && return 0
    grep -vE '^ *[0-9]+/[0-9]+ Test +#.*Passed|^ *Start ' "$ROOT/build/results/ctest-$preset.log" >&2
    return 1
}

# A test that hangs fails after so long, and tells where it was; the longest takes two minutes.
test_seconds_max=600

# test_run_pytest PRESET ARGUMENTS...: writes build/results/pytest-PRESET.xml.
test_run_pytest() {
    local preset=$1 status=0 options=()
    shift
    # One more than cores: they wait much, but whole servers under sanitizers stand behind each.
    ! /usr/bin/python3 -c 'import xdist' 2>/dev/null || options+=(-n "$(($(nproc) + 1))" --dist loadfile)
    ! /usr/bin/python3 -c 'import pytest_timeout' 2>/dev/null || options+=(--timeout "$test_seconds_max")
    export PYTHONDONTWRITEBYTECODE=1
    test_with_preset "$preset" /usr/bin/python3 -m pytest -q -rfEs --tb=short "${options[@]}" \
        --junitxml="$ROOT/build/results/pytest-$preset.xml" "$@" || status=$?
    # 5: no test of that name here. Whether any ran at all, the count says.
    [[ $status -eq 0 || $status -eq 5 ]]
}

# A stage that failed counts once more only when its results name no failure.
test_stage() {
    local results=$1
    shift
    stage "$@" && return 0
    grep -qsE '<failure|<error|status="fail"' "$ROOT/build/results/$results.xml" || test_failed_stages=$((test_failed_stages + 1))
    return 1
}

test_count() {
    local files=()
    mapfile -t files < <(find "$ROOT/build/results" -name '*.xml' -size +0 | sort)
    /usr/bin/python3 deploy/dev/count_tests.py "$test_failed_stages" "${files[@]}"
}

dev_test() {
    [[ $# -le 1 ]] || die "test takes at most one filter"
    local filter=${1:-} status=0
    test_failed_stages=0
    ensure_packages build run test
    rm -rf "$ROOT/build/results"
    mkdir -p "$ROOT/build/results"
    build_docs_viewer
    (ensure_packages web) || say "node and npm cannot be installed here: tests of the clients are skipped."
    test_stage none "TypeScript clients" build_clients || true
    if test_stage none "build with AddressSanitizer and UBSan" build_preset asan; then
        test_stage ctest-asan "unit and property tests, fuzz corpora" test_run_ctest asan "$filter" || true
        test_stage pytest-asan "integration and end-to-end tests" \
            test_run_pytest asan ${filter:+-k "$filter"} tests || true
    fi
    if test_stage none "build with ThreadSanitizer" build_preset tsan; then
        test_stage ctest-tsan "threaded tests with ThreadSanitizer" \
            test_run_ctest tsan "${filter:-$test_threaded}" || true
        test_stage pytest-tsan "several loops and processes with ThreadSanitizer" \
            test_run_pytest tsan -m threads ${filter:+-k "$filter"} tests/integration tests/cluster || true
    fi
    # Last, so that it has both cores to itself; counted, not timed.
    if [[ -z $filter || guard == *"$filter"* ]] && test_stage none "release build" build_preset release; then
        test_stage guard "instruction counts of the hot paths" \
            guard_run --junit "$ROOT/build/results/guard.xml" || true
    fi
    test_count || status=$?
    return "$status"
}
