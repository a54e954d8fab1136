# shellcheck shell=bash
# ./dev run: everything from an empty machine to a dashboard that moves.

run_demo_portfolio=5e5e0000-0000-4000-8000-000000000001
run_crypto_portfolio=5e5e0000-0000-4000-8000-000000000003

# Settings of portfoliod from the flags.
run_read_flags() {
    PORT=8080 LOOPS=1 REPLAY_SPEED=1 PROVIDERS=simulated REPLAY_FILE=''
    while [[ $# -gt 0 ]]; do
        local flag=$1 value
        case $flag in
        --*=*) value=${flag#*=} flag=${flag%%=*} ;;
        *)
            [[ $# -ge 2 ]] || die "$flag needs a value"
            value=$2
            shift
            ;;
        esac
        shift
        case $flag in
        --feed) run_read_feed "$value" ;;
        --speed) REPLAY_SPEED=$value ;;
        --port) PORT=$value ;;
        --loops) LOOPS=$value ;;
        *) die "run has no flag $flag (see ./dev help)" ;;
        esac
    done
    [[ $PORT =~ ^[1-9][0-9]{0,4}$ && $PORT -lt 65536 ]] || die "--port: a number from 1 to 65535"
    [[ $LOOPS =~ ^[0-9]+$ ]] || die "--loops: a number"
    [[ $REPLAY_SPEED =~ ^[0-9]+([.][0-9]+)?$ ]] || die "--speed: a number"
    export PORT LOOPS REPLAY_SPEED PROVIDERS REPLAY_FILE
}

run_read_feed() {
    case $1 in
    replay=?*)
        PROVIDERS=replay
        REPLAY_FILE=$(realpath -e -- "${1#replay=}" 2>/dev/null) || die "no such file: ${1#replay=}"
        ;;
    # The server says which of them it does not know, and which key is missing.
    *) [[ $1 =~ ^[a-z]+(,[a-z]+)*$ ]] || die "--feed: names of providers (coinbase,kraken,ecb), simulated or replay=FILE"
        PROVIDERS=$1 ;;
    esac
}

# The demo portfolio whose prices this feed moves.
run_choose_portfolio() {
    local first=''
    [[ -z $REPLAY_FILE ]] || first=$(gzip -cdf -- "$REPLAY_FILE" 2>/dev/null | sed -n 2p) || true
    if [[ $PROVIDERS =~ ^(coinbase|kraken) || $first == *-USD,* ]]; then
        run_demo_portfolio=$run_crypto_portfolio
    fi
}

run_check_port() {
    ! port_is_used "$PORT" || die "port $PORT is in use by another program: stop that one, or choose another with --port N"
}

run_load_demo() {
    if ! ./build/release/portfoliod migrate >>"$ROOT/var/portfoliod.log" 2>&1; then
        tail -n 5 "$ROOT/var/portfoliod.log" >&2
        die "portfoliod migrate failed"
    fi
    stack_psql portfolio -q -1 -f deploy/demo.sql >/dev/null
    [[ $PROVIDERS != simulated ]] || stack_psql portfolio -q -1 -f deploy/demo_prices.sql >/dev/null
}

run_server_answers() {
    kill -0 "$server_pid" 2>/dev/null || return 0
    [[ -n $(http_status "$PORT" /health) ]]
}

run_describe_dashboard() {
    if [[ -n $STATIC_DIR ]]; then
        say "http://localhost:$PORT/#/portfolios/$run_demo_portfolio"
    else
        say "left out: it is built with node and npm"
    fi
}

run_print_welcome() {
    cat <<WELCOME

  Dashboard   $(run_describe_dashboard)
  Account     $(account_describe)
              ada@example.com with the same password is a customer)
  Stream      npx --yes wscat -c ws://localhost:$PORT/stream -s portfolio.v1.json -w 3600 \\
                -H "Authorization: Bearer \$($ROOT/dev token)" \\
                -x '{"type":"subscribe","portfolio_id":"$run_demo_portfolio"}'
  Terminal    PORTFOLIO_TOKEN=\$($ROOT/dev token) $ROOT/build/release/portfolio-top --url http://localhost:$PORT
  REST API    http://localhost:$PORT/docs
  Log         $ROOT/var/portfoliod.log
  Prices      $PROVIDERS${REPLAY_FILE:+ ($REPLAY_FILE at speed $REPLAY_SPEED)}

  Ctrl-C stops all of it; the data stay for the next run.

WELCOME
}

# Stops in order: the server says goodbye to its clients while its stores still run.
run_end() {
    trap '' INT TERM HUP PIPE
    if [[ -n ${server_pid:-} ]] && kill -0 "$server_pid" 2>/dev/null; then
        say "Stopping" 2>/dev/null || true
        kill -TERM "$server_pid" 2>/dev/null || true
        wait_for 15 run_server_is_gone || kill -KILL "$server_pid" 2>/dev/null || true
    fi
    if [[ -n ${run_has_stack:-} ]] && stack_is_ours_alone; then
        stack_down >/dev/null 2>&1 || true
    fi
}

run_server_is_gone() {
    ! kill -0 "$server_pid" 2>/dev/null
}

dev_run() {
    run_read_flags "$@"
    run_check_port
    ensure_packages build run
    build_docs_viewer
    stage "release build" build_preset release
    build_clients_if_possible || say "The dashboard cannot be built, see above; everything else is complete."
    mkdir -p "$ROOT/var"
    trap run_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exec >/dev/null 2>&1; exit 129' HUP
    stack_share
    run_has_stack=1
    stage "private PostgreSQL and Redis" stack_up
    stage "schema and demo data" run_load_demo
    stage "demo accounts" account_make_demo
    account_make_site || die "cannot write $ROOT/var/site"
    run_check_port
    AUTH=on ./build/release/portfoliod serve </dev/null 2>>"$ROOT/var/portfoliod.log" 8>&- &
    server_pid=$!
    wait_for 30 run_server_answers || die "portfoliod does not answer on port $PORT, see $ROOT/var/portfoliod.log"
    if ! run_server_is_gone; then
        run_choose_portfolio
        run_print_welcome
    fi
    local status=0
    wait "$server_pid" || status=$?
    # Somebody asked it to stop, or Ctrl-C reached it before us.
    [[ $status -ne 0 ]] || exit 0
    tail -n 20 "$ROOT/var/portfoliod.log" >&2
    die "portfoliod ended by itself with code $status; the end of its log is above"
}
