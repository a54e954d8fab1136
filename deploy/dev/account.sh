# shellcheck shell=bash
# The accounts of the demo, and tokens for them: ./dev run, ./dev token.

account_demo=demo@example.com

# Signing keys and the demo's password: made once, kept in var/.
account_prepare() {
    KEY_DIR=$ROOT/var/keys
    export KEY_DIR
    [[ -d $KEY_DIR ]] || mkdir -m 700 "$KEY_DIR" || return 1
    account_password_is_new=
    if [[ ! -s $ROOT/var/demo-password ]]; then
        account_password_is_new=1
        (umask 077 && head -c 15 /dev/urandom | base64 | tr '+/' 'pq' >"$ROOT/var/demo-password") || return 1
    fi
    account_password=$(<"$ROOT/var/demo-password")
}

# account_make EMAIL ARGUMENTS…: adds it with the demo's password, unless it is there.
account_make() {
    local email=$1 command=./build/release/portfoliod found LOG_LEVEL=warn
    export LOG_LEVEL
    shift
    found=$("$command" user list --email "$email") || return 1
    if [[ $found != *"$email"* ]]; then
        "$command" user add "$email" "$@" <<<"$account_password" >/dev/null
    elif [[ -n $account_password_is_new ]]; then
        "$command" user set "$email" --password <<<"$account_password" >/dev/null
    fi
}

# An administrator, who sees all of the demo, and one of its customers.
account_make_demo() {
    account_prepare && account_make "$account_demo" --role admin &&
        account_make ada@example.com --role user --customer 5e5e0000-0000-4000-8000-0000000000a1
}

# The dashboard's files, and whom its sign-in may offer to be. Without a dashboard
# there are none.
account_make_site() {
    STATIC_DIR=''
    export STATIC_DIR
    [[ -f $ROOT/build/web/index.html ]] || return 0
    STATIC_DIR=$ROOT/var/site
    rm -rf "$STATIC_DIR"
    cp -r "$ROOT/build/web" "$STATIC_DIR" || return 1
    (umask 077 && printf '{"email":"%s","password":"%s"}\n' "$account_demo" "$account_password" >"$STATIC_DIR/demo.json")
}

account_describe() {
    say "$account_demo, password $account_password (an administrator;"
}

dev_token() {
    [[ $# -le 1 && ${1:-} != -* ]] || die "token takes an e-mail address, or nothing: $account_demo"
    [[ -x $ROOT/build/release/portfoliod ]] || die "there is no build/release/portfoliod yet: ./dev run"
    stack_locate
    KEY_DIR=$ROOT/var/keys
    export KEY_DIR
    LOG_LEVEL=warn ./build/release/portfoliod token "${1:-$account_demo}" || die "no token: is ./dev run running?"
}
