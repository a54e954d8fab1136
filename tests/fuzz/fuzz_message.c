/* A client's message: never crashes; what is refused has a code and a text. */
#include "fuzz.h"
#include "protocol/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct client_message message;
    struct message_error error;
    enum status status = message_read((const char *)data, size, &message, &error);
    if (status == STATUS_INVALID)
        FUZZ_CHECK(error.code > ERROR_NONE && error.code < ERROR_N && error.detail[0]);
    if (status == STATUS_OK)
        FUZZ_CHECK(message.type <= MESSAGE_AUTH && (message.token != NULL) == (message.type == MESSAGE_AUTH));
    if (status == STATUS_OK)
        message_fini(&message);
    return 0;
}
