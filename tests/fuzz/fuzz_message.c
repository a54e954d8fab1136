/* A client's message: never crashes; what is refused has a code and a text; and an
 * answer to it is one JSON object, whatever of the message is echoed in it. */
#include "fuzz.h"
#include "protocol/json_exact.h"
#include "protocol/messages.h"

#include <string.h>

static void check_answer(struct strbuf *answer) {
    json_t *root = NULL;
    char reason[96];
    FUZZ_CHECK(strbuf_status(answer) == STATUS_OK);
    FUZZ_CHECK(json_exact_parse(answer->data, answer->len, &root, reason, sizeof reason) == STATUS_OK);
    FUZZ_CHECK(json_is_object(root));
    json_decref(root);
    strbuf_fini(answer);
}

static void check_refusal(const struct message_error *error) {
    struct strbuf answer;
    FUZZ_CHECK(error->code > ERROR_NONE && error->code < ERROR_N && error->detail[0]);
    strbuf_init(&answer);
    message_write_error(&answer, error, NULL, -1);
    check_answer(&answer);
}

static void check_message(const struct client_message *message) {
    struct strbuf answer;
    struct message_error error = {.code = ERROR_NOT_FOUND, .id = message->id};
    FUZZ_CHECK(message->type <= MESSAGE_AUTH && (message->token != NULL) == (message->type == MESSAGE_AUTH));
    FUZZ_CHECK(!message->token || (message->token_len > 0 && message->token_len <= MESSAGE_TOKEN_MAX));
    FUZZ_CHECK(!message->has_max_rate || message->max_rate_e8 > 0);
    strbuf_init(&answer);
    message_write_error(&answer, &error, message->portfolio_text, 1000);
    check_answer(&answer);
    strbuf_init(&answer);
    message_write_pong(&answer, &message->id, 1);
    check_answer(&answer);
    if (!message->has_resume)
        return;
    strbuf_init(&answer);
    message_begin_heartbeat(&answer, 1);
    message_add_heartbeat(&answer, true, &message->portfolio_id, &message->resume, "live");
    message_end_heartbeat(&answer);
    check_answer(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct client_message message;
    struct message_error error;
    enum status status = message_read((const char *)data, size, &message, &error);
    if (status == STATUS_INVALID)
        check_refusal(&error);
    if (status != STATUS_OK)
        return 0;
    check_message(&message);
    message_fini(&message);
    return 0;
}
