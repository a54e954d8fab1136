/* `portfoliod token EMAIL`: an access token for a user, without its password: for who
 * may write to the database and read the signing keys anyway. Refuses to sign with a
 * key that no server has. Thread: main. */
#include "app/token_keys.h"
#include "app/user_command.h"
#include "identity/secret.h"
#include "store/sessions.h"
#include "store/users.h"

#include <stdio.h>
#include <string.h>

#define STATEMENT_TIMEOUT_MS 60000

enum { EXIT_DONE = 0, EXIT_NOT_DONE = 1, EXIT_BAD_USAGE = 2 };

static const char help[] = "usage: portfoliod token EMAIL\n"
                           "\n"
                           "Begins a session of this user and prints an access token for it (ACCESS_TOKEN_S\n"
                           "seconds; the session ends with it):\n"
                           "\n"
                           "  curl -H \"Authorization: Bearer $(portfoliod token ada@example.com)\" …\n"
                           "\n"
                           "Needs what the server has: DATABASE_URL, and KEY_DIR (or JWT_HS256_SECRET), with\n"
                           "JWT_ISSUER and JWT_AUDIENCE where they are set.\n";

static int fail(const char *reason) {
    (void)fprintf(stderr, "portfoliod: token: %s\n", reason);
    return EXIT_NOT_DONE;
}

static enum status user_find(struct db *db, const char *email, struct uuid *ret_user_id) {
    struct db_rows *rows = NULL;
    struct user user;
    enum status status = users_get_by_email(db, email, &rows);
    if (status == STATUS_OK)
        status = user_read(rows, 0, &user);
    if (status == STATUS_OK) {
        *ret_user_id = user.user_id;
        status = user.is_disabled ? STATUS_CANCELLED : STATUS_OK;
    }
    db_rows_destroy(&rows);
    return status;
}

/* Its refresh token is forgotten at once: nobody can prolong the session. */
static enum status session_begin(struct db *db, const struct config *config, const struct uuid *user_id,
                                 struct uuid *ret_session_id) {
    char secret[SECRET_TEXT_LEN + 1];
    uint8_t hash[SECRET_HASH_LEN];
    struct db_rows *ended = NULL;
    enum status status = secret_create(SECRET_REFRESH_TOKEN, secret, hash);
    explicit_bzero(secret, sizeof secret);
    struct session_input input = {.user_id = *user_id,
                                  .peer = "local",
                                  .user_agent = "portfoliod token",
                                  .keep_s = config->access_token_s,
                                  .token_hash = hash};
    if (status == STATUS_OK)
        status = sessions_create(db, &input, ret_session_id, &ended);
    db_rows_destroy(&ended);
    return status;
}

static int token_print(struct db *db, struct token_keys *keys, const struct config *config, const char *email) {
    struct uuid user_id, session_id;
    struct strbuf token;
    int64_t expires_ms = 0;
    enum status status = user_find(db, email, &user_id);
    if (status == STATUS_NOT_FOUND)
        return fail("nobody has this e-mail address");
    if (status == STATUS_CANCELLED)
        return fail("this user is disabled");
    strbuf_init(&token);
    if (status == STATUS_OK)
        status = session_begin(db, config, &user_id, &session_id);
    if (status == STATUS_OK)
        status = token_keys_issue(keys, &user_id, &session_id, &token, &expires_ms);
    if (status == STATUS_OK)
        (void)printf("%s\n", strbuf_text(&token));
    else
        (void)fprintf(stderr, "portfoliod: token: %s%s%s\n", status_name(status), *db_error(db) ? ": " : "",
                      db_error(db));
    if (token.data)
        explicit_bzero(token.data, token.len);
    strbuf_fini(&token);
    return status == STATUS_OK ? EXIT_DONE : EXIT_NOT_DONE;
}

static int token_make(const struct config *config, const char *email) {
    static const struct db_actor actor = {.name = "portfoliod token", .peer = "local"};
    struct db_config db_config = {
        .name = "token", .database_url = config->database_url, .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    struct token_keys *keys = NULL;
    struct db *db = NULL;
    char error[256] = "";
    if (!config->key_dir[0] && !config->jwt_hs256_secret[0])
        return fail("set KEY_DIR to the server's: a token of another key is worth nothing there");
    if (token_keys_create(config, clock_system(), &keys, error, sizeof error) != STATUS_OK)
        return fail(error);
    int code = EXIT_NOT_DONE;
    if (db_create(&db_config, &db) != STATUS_OK) {
        code = fail("out of memory");
    } else {
        db_set_actor(db, &actor);
        code = db_ready(db) == STATUS_OK ? token_print(db, keys, config, email) : fail(db_error(db));
    }
    db_destroy(&db);
    token_keys_destroy(&keys);
    return code;
}

int token_command_run(const struct config *config, int argc, char *const *argv) {
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return printf("%s", help) > 0 ? EXIT_DONE : EXIT_NOT_DONE;
    }
    if (argc == 1 && argv[0][0] != '-')
        return token_make(config, argv[0]);
    (void)fprintf(stderr, "portfoliod: token: whose?\n\n%s", help);
    return EXIT_BAD_USAGE;
}
