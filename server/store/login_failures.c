/* Failed logins: their SQL. Refuses an attempt that comes too soon. Thread: W. */
#include "store/login_failures.h"

#include "store/entity.h"

#include <stdbool.h>

/* $1: what is counted, $2: free attempts, $3: the longest wait, $4: when it is forgotten. lower() like the index that
 * finds the user. */
#define KEY(kind) "sha256(convert_to('" kind ":' || $1::text, 'UTF8'))"
#define EMAIL_KEY "sha256(convert_to('email:' || lower($1::text), 'UTF8'))"
#define COUNTED "CASE WHEN f.last_failed_at < now() - $4::bigint * interval '1 second' THEN 1 ELSE f.failed_n + 1 END"

#define COUNT(name, key)                                                                                               \
    {                                                                                                                  \
        name, DB_WRITE,                                                                                                \
            "INSERT INTO login_failures AS f (key_hash, failed_n) VALUES (" key ", 1) ON CONFLICT (key_hash) "         \
            "DO UPDATE SET failed_n = least(" COUNTED ", 1000000), last_failed_at = now(), "                           \
            "locked_until = CASE WHEN " COUNTED " >= $2::bigint THEN now() + interval '1 second' * least($3::bigint, " \
            "2 ^ least(" COUNTED " - $2::bigint, 30)) END "                                                            \
            "WHERE f.locked_until IS NULL OR f.locked_until <= now() RETURNING 1"                                      \
    }
#define WAIT(name, key)                                                                                                \
    {                                                                                                                  \
        name, DB_READ,                                                                                                 \
            "SELECT greatest(1, ceil(extract(epoch FROM locked_until - now())))::bigint FROM login_failures "          \
            "WHERE key_hash = " key                                                                                    \
    }
#define TAKE_BACK(name, key)                                                                                           \
    {                                                                                                                  \
        name, DB_WRITE,                                                                                                \
            "UPDATE login_failures SET failed_n = greatest(failed_n - 1, 1), locked_until = NULL WHERE key_hash "      \
            "= " key                                                                                                   \
    }

enum { COUNT_EMAIL, COUNT_PEER, WAIT_EMAIL, WAIT_PEER, TAKE_BACK_EMAIL, TAKE_BACK_PEER, FORGET_EMAIL };

static const struct db_statement statements[] = {
    [COUNT_EMAIL] = COUNT("login_failures.count_email", EMAIL_KEY),
    [COUNT_PEER] = COUNT("login_failures.count_peer", KEY("address")),
    [WAIT_EMAIL] = WAIT("login_failures.wait_email", EMAIL_KEY),
    [WAIT_PEER] = WAIT("login_failures.wait_peer", KEY("address")),
    [TAKE_BACK_EMAIL] = TAKE_BACK("login_failures.take_back_email", EMAIL_KEY),
    [TAKE_BACK_PEER] = TAKE_BACK("login_failures.take_back_peer", KEY("address")),
    [FORGET_EMAIL] = {"login_failures.forget_email", DB_WRITE,
                      "DELETE FROM login_failures WHERE key_hash = " EMAIL_KEY},
};

struct beginning {
    const struct login_attempt *attempt;
    int64_t wait_s;
};

static enum status wait_read(struct db *db, const struct db_statement *statement, const char *key,
                             int64_t *ret_wait_s) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, key);
    enum status status = entity_get(db, statement, &args, &rows);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_INTERNAL : status;
    struct db_row row = db_rows_at(rows, 0);
    *ret_wait_s = db_row_i64(&row);
    db_rows_destroy(&rows);
    return STATUS_OK;
}

static enum status count(struct db *db, bool is_email, struct beginning *it) {
    const char *key = is_email ? it->attempt->email : it->attempt->peer;
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, key);
    db_args_i64(&args, is_email ? LOGIN_FREE_OF_EMAIL : LOGIN_FREE_OF_PEER);
    db_args_i64(&args, LOGIN_LOCK_MAX_S);
    db_args_i64(&args, LOGIN_FORGET_S);
    enum status status = entity_get(db, &statements[is_email ? COUNT_EMAIL : COUNT_PEER], &args, &rows);
    db_rows_destroy(&rows);
    if (status != STATUS_NOT_FOUND)
        return status;
    status = wait_read(db, &statements[is_email ? WAIT_EMAIL : WAIT_PEER], key, &it->wait_s);
    return status == STATUS_OK ? STATUS_LIMIT : status;
}

/* What is refused by one of the two is not counted by the other: the transaction is rolled back. The row of an e-mail
 * address is always locked before that of a peer, so nobody waits in a circle. */
static enum status beginning_run(struct db *db, void *context) {
    struct beginning *it = context;
    enum status status = count(db, true, it);
    return status == STATUS_OK ? count(db, false, it) : status;
}

enum status login_failures_begin(struct db *db, const struct login_attempt *attempt, int64_t *ret_wait_s) {
    struct beginning it = {.attempt = attempt};
    enum status status = db_transaction(db, beginning_run, &it);
    if (status == STATUS_LIMIT)
        *ret_wait_s = it.wait_s;
    return status;
}

struct taking_back {
    const struct login_attempt *attempt;
    bool was_right;
};

static enum status taking_back_run(struct db *db, void *context) {
    struct taking_back *it = context;
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, it->attempt->email);
    enum status status = db_query(db, &statements[it->was_right ? FORGET_EMAIL : TAKE_BACK_EMAIL], &args, NULL);
    db_args_init(&args);
    db_args_text(&args, it->attempt->peer);
    return status == STATUS_OK ? db_query(db, &statements[TAKE_BACK_PEER], &args, NULL) : status;
}

enum status login_failures_take_back(struct db *db, const struct login_attempt *attempt, bool was_right) {
    struct taking_back it = {.attempt = attempt, .was_right = was_right};
    return db_transaction(db, taking_back_run, &it);
}
