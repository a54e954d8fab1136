/* Asks server/store/identities.h of $DATABASE_URL, for the tests. The arguments:
 *
 *   session USER_ID SESSION_ID | credential USER_ID CREDENTIAL_ID | key HEX | ticket HEX
 *   outside ISSUER SUBJECT EMAIL yes|no     (is the e-mail verified)
 *
 * Prints the name of the status and, when that is ok, a line "name=value" for each
 * member. Refuses what it cannot read: exit 2. */
#include "store/identities.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool id_read(const char *text, struct uuid *ret_id) {
    return uuid_parse(text, strlen(text), ret_id) == STATUS_OK;
}

static bool hash_read(const char *text, uint8_t ret_hash[CREDENTIAL_HASH_LEN]) {
    if (strlen(text) != 2 * CREDENTIAL_HASH_LEN)
        return false;
    for (size_t i = 0; i < CREDENTIAL_HASH_LEN; i++) {
        char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        ret_hash[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return true;
}

static enum status ask(struct db *db, int count, char **words, struct identity *ret_identity) {
    struct uuid user_id, credential_id;
    uint8_t hash[CREDENTIAL_HASH_LEN];
    if (count == 6 && strcmp(words[1], "outside") == 0)
        return identities_resolve_outside(db, words[2], words[3], words[4], strcmp(words[5], "yes") == 0, ret_identity);
    if (count == 4 && id_read(words[2], &user_id) && id_read(words[3], &credential_id))
        return strcmp(words[1], "session") == 0
                   ? identities_resolve_session(db, &user_id, &credential_id, ret_identity)
                   : identities_resolve_credential(db, &user_id, &credential_id, ret_identity);
    if (count == 3 && hash_read(words[2], hash))
        return strcmp(words[1], "key") == 0 ? identities_resolve_key(db, hash, ret_identity)
                                            : identities_take_ticket(db, hash, ret_identity);
    exit(2);
}

static void id_print(const char *name, const struct uuid *id) {
    char text[UUID_TEXT_LEN + 1];
    uuid_write(text, id);
    (void)printf("%s=%s\n", name, text);
}

static void identity_print(const struct identity *identity) {
    id_print("user_id", &identity->user_id);
    id_print("credential_id", &identity->credential_id);
    id_print("customer_id", &identity->customer_id);
    (void)printf("role=%s\n", role_text(identity->role));
    (void)printf("scopes=");
    for (unsigned i = 0; i < SCOPES_N; i++) {
        if (identity->scopes & 1U << i)
            (void)printf("%s ", scope_text((enum scope)(1U << i)));
    }
    (void)printf("\nexpires_ms=%" PRId64 "\n", identity->expires_ms);
    (void)printf("name=%s\nis_newly_linked=%d\n", identity->name, identity->is_newly_linked);
    for (size_t i = 0; i < identity->customers_n; i++)
        id_print("customer", &identity->customers[i]);
}

int main(int count, char **words) {
    const char *url = getenv("DATABASE_URL");
    struct db_config config = {.name = "identity", .database_url = url ? url : "", .statement_timeout_ms = 60000};
    struct identity identity = {0};
    struct db *db = NULL;
    enum status status = db_create(&config, &db);
    if (status == STATUS_OK)
        status = db_ready(db);
    if (status == STATUS_OK)
        status = ask(db, count, words, &identity);
    (void)puts(status_name(status));
    if (status == STATUS_OK)
        identity_print(&identity);
    identity_fini(&identity);
    db_destroy(&db);
    return 0;
}
