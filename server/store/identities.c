/* The SQL of credentials and whom they stand for. Refuses what is revoked,
 * expired or of a disabled user, here and nowhere else. Thread: W. */
#include "store/identities.h"

#include "store/entity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What identity_read reads. credential, scopes and expires_at: SQL. */
#define COLUMNS(credential, scopes, expires_at)                                                                        \
    "u.user_id, " credential ", u.role, coalesce(u.customer_id, '00000000-0000-0000-0000-000000000000'), "             \
    "array_to_string(" scopes ", ' '), coalesce((extract(epoch FROM " expires_at ") * 1000)::bigint, -1), u.email"
#define ALL_SCOPES "ARRAY['read', 'write', 'stream', 'prices', 'operate', 'administer']"
#define SESSION_COLUMNS COLUMNS("s.session_id", ALL_SCOPES, "s.expires_at")
#define KEY_COLUMNS COLUMNS("k.key_id", "k.scopes", "k.expires_at")
#define USER_COLUMNS COLUMNS("u.user_id", ALL_SCOPES, "NULL::timestamptz")
#define SESSION_HOLDS "s.revoked_at IS NULL AND s.expires_at > now() AND NOT u.is_disabled"
#define KEY_HOLDS "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND NOT u.is_disabled"

enum {
    BY_SESSION,
    BY_KEY_HASH,
    BY_KEY,
    BY_USER,
    BY_OUTSIDE,
    CUSTOMERS,
    NOTE_KEY_USE,
    LINK,
    END_SESSIONS,
    END_KEYS,
    TAKE_TICKET
};

static const struct db_statement statements[] = {
    [BY_SESSION] = {"identities.by_session", DB_READ,
                    "SELECT " SESSION_COLUMNS " FROM sessions s JOIN users u USING (user_id) "
                    "WHERE s.session_id = $2 AND u.user_id = $1 AND " SESSION_HOLDS},
    [BY_KEY_HASH] = {"identities.by_key_hash", DB_READ,
                     "SELECT " KEY_COLUMNS " FROM api_keys k JOIN users u USING (user_id) "
                     "WHERE k.secret_hash = $1 AND " KEY_HOLDS},
    [BY_KEY] = {"identities.by_key", DB_READ,
                "SELECT " KEY_COLUMNS " FROM api_keys k JOIN users u USING (user_id) "
                "WHERE k.key_id = $2 AND u.user_id = $1 AND " KEY_HOLDS},
    [BY_USER] = {"identities.by_user", DB_READ,
                 "SELECT " USER_COLUMNS " FROM users u WHERE u.user_id = $1 AND u.user_id = $2::uuid "
                 "AND u.subject IS NOT NULL AND NOT u.is_disabled"},
    [BY_OUTSIDE] = {"identities.by_outside", DB_READ,
                    "SELECT " USER_COLUMNS
                    " FROM users u WHERE u.issuer = $1 AND u.subject = $2 AND NOT u.is_disabled"},
    [CUSTOMERS] = {"identities.customers", DB_READ,
                   "SELECT customer_id FROM customer_advisors WHERE user_id = $1 "
                   "ORDER BY created_at, customer_id LIMIT $2::bigint"},
    [NOTE_KEY_USE] = {"identities.note_key_use", DB_WRITE,
                      "UPDATE api_keys SET last_used_at = now() WHERE key_id = $1 "
                      "AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')"},
    [LINK] = {"identities.link", DB_WRITE,
              "UPDATE users u SET issuer = $1, subject = $2, password_hash = NULL WHERE lower(u.email) = lower($3) "
              "AND u.issuer IS NULL AND NOT u.is_disabled RETURNING " USER_COLUMNS},
    [END_SESSIONS] = {"identities.end_sessions", DB_WRITE,
                      "UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL"},
    [END_KEYS] = {"identities.end_keys", DB_WRITE,
                  "UPDATE api_keys SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL"},
    [TAKE_TICKET] = {"identities.take_ticket", DB_WRITE,
                     "DELETE FROM stream_tickets WHERE ticket_hash = $1 RETURNING user_id, credential_id, "
                     "array_to_string(scopes, ' '), "
                     "coalesce((extract(epoch FROM credential_expires_at) * 1000)::bigint, -1), expires_at > now(), "
                     "coalesce(kid, '')"},
};

void identity_fini(struct identity *identity) {
    free(identity->customers);
    *identity = (struct identity){0};
}

/* "read write": what is not known counts for nothing. */
static unsigned scopes_read(const char *text) {
    unsigned scopes = 0;
    for (size_t len; *text; text += len + (text[len] == ' ')) {
        enum scope scope;
        len = strcspn(text, " ");
        if (scope_parse(text, len, &scope) == STATUS_OK)
            scopes |= (unsigned)scope;
    }
    return scopes;
}

static int64_t expires_read(struct db_row *row) {
    int64_t expires_ms = db_row_i64(row);
    return expires_ms == -1 ? INT64_MAX : expires_ms;
}

static enum status identity_read(const struct db_rows *rows, struct identity *ret_identity) {
    struct db_row row = db_rows_at(rows, 0);
    struct identity identity = {.user_id = db_row_uuid(&row)};
    identity.credential_id = db_row_uuid(&row);
    const char *role = db_row_text(&row);
    identity.customer_id = db_row_uuid(&row);
    identity.scopes = scopes_read(db_row_text(&row));
    identity.expires_ms = expires_read(&row);
    (void)snprintf(identity.name, sizeof identity.name, "%s", db_row_text(&row));
    if (row.failed || role_parse(role, strlen(role), &identity.role) != STATUS_OK)
        return STATUS_INTERNAL;
    *ret_identity = identity;
    return STATUS_OK;
}

static enum status customers_read(const struct db_rows *rows, struct identity *identity) {
    size_t n = db_rows_n(rows);
    if (n == 0)
        return STATUS_OK;
    identity->customers = calloc(n, sizeof *identity->customers);
    if (!identity->customers)
        return STATUS_NO_MEMORY;
    identity->customers_n = n;
    for (size_t i = 0; i < n; i++) {
        struct db_row row = db_rows_at(rows, i);
        identity->customers[i] = db_row_uuid(&row);
        if (row.failed)
            return STATUS_INTERNAL;
    }
    return STATUS_OK;
}

static enum status customers_add(struct db *db, struct identity *identity) {
    struct db_args args;
    struct db_rows *rows = NULL;
    if (identity->role != ROLE_ADVISOR)
        return STATUS_OK;
    db_args_init(&args);
    db_args_uuid(&args, &identity->user_id);
    db_args_i64(&args, IDENTITY_CUSTOMERS_MAX);
    enum status status = db_query(db, &statements[CUSTOMERS], &args, &rows);
    if (status == STATUS_OK)
        status = customers_read(rows, identity);
    db_rows_destroy(&rows);
    return status;
}

static enum status resolve(struct db *db, const struct db_statement *statement, const struct db_args *args,
                           struct identity *ret_identity) {
    struct db_rows *rows = NULL;
    struct identity identity = {0};
    enum status status = entity_get(db, statement, args, &rows);
    if (status == STATUS_OK)
        status = identity_read(rows, &identity);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        status = customers_add(db, &identity);
    if (status == STATUS_OK)
        *ret_identity = identity;
    else
        identity_fini(&identity);
    return status;
}

static enum status resolve_ids(struct db *db, const struct db_statement *statement, const struct uuid *user_id,
                               const struct uuid *credential_id, struct identity *ret_identity) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    db_args_uuid(&args, credential_id);
    return resolve(db, statement, &args, ret_identity);
}

enum status identities_resolve_session(struct db *db, const struct uuid *user_id, const struct uuid *session_id,
                                       struct identity *ret_identity) {
    return resolve_ids(db, &statements[BY_SESSION], user_id, session_id, ret_identity);
}

enum status identities_resolve_credential(struct db *db, const struct uuid *user_id, const struct uuid *credential_id,
                                          struct identity *ret_identity) {
    static const int ways[] = {BY_SESSION, BY_KEY, BY_USER};
    enum status status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0] && status == STATUS_NOT_FOUND; i++)
        status = resolve_ids(db, &statements[ways[i]], user_id, credential_id, ret_identity);
    return status;
}

/* --- API keys --- */

enum status identities_resolve_key(struct db *db, const uint8_t hash[CREDENTIAL_HASH_LEN],
                                   struct identity *ret_identity) {
    struct credential_hash_text text;
    struct identity identity;
    struct db_args args;
    credential_hash_write(&text, hash);
    db_args_init(&args);
    db_args_text(&args, text.text);
    enum status status = resolve(db, &statements[BY_KEY_HASH], &args, &identity);
    if (status != STATUS_OK)
        return status;
    db_args_init(&args);
    db_args_uuid(&args, &identity.credential_id);
    /* Whether that is noted changes nothing about who it is. */
    if (db_query(db, &statements[NOTE_KEY_USE], &args, NULL) != STATUS_OK)
        status = STATUS_OK;
    *ret_identity = identity;
    return status;
}

/* --- an outside provider's users --- */

struct link_run {
    const char *issuer, *subject, *email;
    struct identity identity;
};

static enum status link_run(struct db *db, void *context) {
    struct link_run *run = context;
    struct db_args args;
    identity_fini(&run->identity);
    db_args_init(&args);
    db_args_text(&args, run->issuer);
    db_args_text(&args, run->subject);
    db_args_text(&args, run->email);
    enum status status = resolve(db, &statements[LINK], &args, &run->identity);
    if (status != STATUS_OK)
        return status;
    run->identity.is_newly_linked = true;
    db_args_init(&args);
    db_args_uuid(&args, &run->identity.user_id);
    status = db_query(db, &statements[END_SESSIONS], &args, NULL);
    return status == STATUS_OK ? db_query(db, &statements[END_KEYS], &args, NULL) : status;
}

enum status identities_resolve_outside(struct db *db, const char *issuer, const char *subject, const char *email,
                                       bool is_email_verified, struct identity *ret_identity) {
    struct link_run run = {.issuer = issuer, .subject = subject, .email = email};
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, issuer);
    db_args_text(&args, subject);
    if (!*issuer || !*subject)
        return STATUS_NOT_FOUND;
    enum status status = resolve(db, &statements[BY_OUTSIDE], &args, ret_identity);
    if (status != STATUS_NOT_FOUND || !email || !*email || !is_email_verified)
        return status;
    status = db_transaction(db, link_run, &run);
    if (status == STATUS_OK)
        *ret_identity = run.identity;
    else
        identity_fini(&run.identity);
    /* Of another request of the same user, which was faster. */
    return status == STATUS_CONFLICT || status == STATUS_NOT_FOUND
               ? resolve(db, &statements[BY_OUTSIDE], &args, ret_identity)
               : status;
}

/* --- tickets --- */

struct ticket {
    struct uuid user_id, credential_id;
    unsigned scopes;
    int64_t credential_expires_ms;
    bool is_in_time;
    char kid[IDENTITY_KID_MAX + 1];
};

static enum status ticket_take(struct db *db, const uint8_t hash[CREDENTIAL_HASH_LEN], struct ticket *ret_ticket) {
    struct credential_hash_text text;
    struct db_rows *rows = NULL;
    struct db_args args;
    credential_hash_write(&text, hash);
    db_args_init(&args);
    db_args_text(&args, text.text);
    enum status status = entity_get(db, &statements[TAKE_TICKET], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    struct ticket ticket = {.user_id = db_row_uuid(&row)};
    ticket.credential_id = db_row_uuid(&row);
    ticket.scopes = scopes_read(db_row_text(&row));
    ticket.credential_expires_ms = expires_read(&row);
    ticket.is_in_time = db_row_bool(&row);
    (void)snprintf(ticket.kid, sizeof ticket.kid, "%s", db_row_text(&row));
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        *ret_ticket = ticket;
    return status;
}

enum status identities_take_ticket(struct db *db, const uint8_t hash[CREDENTIAL_HASH_LEN],
                                   struct identity *ret_identity) {
    struct ticket ticket;
    struct identity identity;
    enum status status = ticket_take(db, hash, &ticket);
    if (status == STATUS_OK && !ticket.is_in_time)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        status = identities_resolve_credential(db, &ticket.user_id, &ticket.credential_id, &identity);
    if (status != STATUS_OK)
        return status;
    identity.scopes &= ticket.scopes;
    memcpy(identity.kid, ticket.kid, sizeof identity.kid);
    if (ticket.credential_expires_ms < identity.expires_ms)
        identity.expires_ms = ticket.credential_expires_ms;
    *ret_identity = identity;
    return STATUS_OK;
}
