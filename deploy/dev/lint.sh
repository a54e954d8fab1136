# shellcheck shell=bash
# ./dev lint and ./dev fmt.

lint_c_files() {
    find server protocol tests clients/terminal -name '*.[ch]' -print0 | sort -z
}

lint_format() {
    lint_c_files | xargs -0 clang-format --dry-run -Werror
}

lint_tidy() {
    local log="$ROOT/build/tidy.log"
    # The compiler's own name, not ccache's, and clang's view of gcc's flags.
    lint_c_files | tr '\0' '\n' | grep -E '\.c$' | while read -r file; do
        ! grep -qF "\"$ROOT/$file\"" build/dev/compile_commands.json || printf '%s\0' "$file"
    done | xargs -0 -P "$(nproc)" -n 1 clang-tidy -p build/dev --quiet >"$log" 2>&1 || {
        grep -vE 'warnings generated|Suppressed|Use -header-filter' "$log" >&2
        return 1
    }
}

lint_shell() {
    shellcheck -x dev .ci/run deploy/dev/*.sh
}

lint_openapi() {
    local modules="$ROOT/build/npm/lint"
    npm_modules "$ROOT/deploy/npm/lint" "$modules" || return 1
    /usr/bin/python3 cmake/bundle_openapi.py protocol/openapi.yaml build/openapi.yaml build/openapi.json || return 1
    if ! REDOCLY_TELEMETRY=off "$modules/node_modules/.bin/redocly" lint --config protocol/redocly.yaml \
        --max-problems 100 build/openapi.yaml >build/openapi.log 2>&1 || grep -q 'Warning was generated' build/openapi.log; then
        cat build/openapi.log >&2
        return 1
    fi
}

# Not what is made elsewhere: packages, builds.
lint_lengths() {
    { lint_c_files && find dev cmake deploy clients protocol/openapi* schema tests \
        \( -name node_modules -o -name 'dist*' -o -name package-lock.json \) -prune -o -type f \
        \( -name dev -o -name '*.sh' -o -name '*.py' -o -name '*.sql' -o -name '*.ts' -o -name '*.mjs' -o -path 'clients/*' \
        -o -path 'protocol/*.yaml' \) -print0; } |
        xargs -0 /usr/bin/python3 deploy/dev/check_lengths.py
}

dev_lint() {
    [[ $# -eq 0 ]] || die "lint takes no arguments"
    ensure_packages build test lint
    local status=0
    stage "formatting" lint_format || status=1
    stage "shellcheck" lint_shell || status=1
    stage "lengths" lint_lengths || status=1
    stage "OpenAPI document" lint_openapi || status=1
    stage "TypeScript" lint_typescript || status=1
    stage "compile commands" cmake --preset dev --log-level=WARNING || status=1
    stage "clang-tidy" lint_tidy || status=1
    return "$status"
}

dev_fmt() {
    [[ $# -eq 0 ]] || die "fmt takes no arguments"
    ensure_packages lint
    lint_c_files | xargs -0 clang-format -i
}
