# shellcheck shell=bash
# ./dev fuzz: the fuzz targets under AddressSanitizer and UBSan, one after another
# on each core. What they find stays in build/fuzz/found.

# fuzz_one TARGET SECONDS: prints a line of its outcome; fails when it found something.
fuzz_one() {
    local target=$1 seconds=$2 status=0 log="$ROOT/build/fuzz/found/$1.log" executions corpora=()
    [[ ! -d $ROOT/tests/fuzz/grown/$target ]] || corpora=("$ROOT/tests/fuzz/grown/$target")
    mkdir -p "$ROOT/build/fuzz/found/$target" "$ROOT/build/fuzz/grown/$target"
    "$ROOT/build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix="$ROOT/build/fuzz/found/$target/" \
        "$ROOT/build/fuzz/grown/$target" "$ROOT/tests/fuzz/corpus/$target" "${corpora[@]}" >"$log" 2>&1 || status=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    printf '%-14s %12s executions  %5s s  %s\n' "$target" "${executions:-?}" "$seconds" \
        "$([[ $status -eq 0 ]] && echo 'found nothing' || echo "FOUND SOMETHING: $log")"
    return "$status"
}

# Prints the targets that were built.
fuzz_targets() {
    local path
    for path in "$ROOT"/build/fuzz/tests/fuzz/fuzz_*; do
        [[ ! -f $path || ! -x $path ]] || printf '%s\n' "${path##*/fuzz_}"
    done
}

dev_fuzz() {
    local minutes=${1:-1} targets=()
    [[ $minutes =~ ^[1-9][0-9]*$ ]] || die "fuzz takes how many minutes each target runs, then targets (all)"
    [[ $# -eq 0 ]] || shift
    ensure_packages build lint
    stage "build of the fuzz targets" build_preset fuzz || return 1
    mapfile -t targets < <(if [[ $# -gt 0 ]]; then printf '%s\n' "$@"; else fuzz_targets; fi)
    local target
    for target in "${targets[@]}"; do
        [[ -x $ROOT/build/fuzz/tests/fuzz/fuzz_$target ]] || die "no such target: $target (there are: $(fuzz_targets | xargs))"
    done
    say "${#targets[@]} targets, $minutes min each, $(nproc) at a time"
    export -f fuzz_one
    export ROOT
    printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I TARGET bash -c 'fuzz_one "$@"' - TARGET $((minutes * 60))
}
