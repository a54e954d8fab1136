/* The stream's messages: what clients send, read into a value, and the small
 * answers, written. The frames that carry a portfolio are app/encode.h's.
 * Thread: any; pure; message_read is fuzzed. */
#ifndef PF_PROTOCOL_MESSAGES_H
#define PF_PROTOCOL_MESSAGES_H

#include "base/strbuf.h"
#include "base/uuid.h"
#include "protocol/cursor.h"
#include "protocol/errors.h"
#include "protocol/fields.h"

#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_TOKEN_MAX 8192
#define MESSAGE_ID_CHARS_MAX 64
/* The id as JSON text: a string may need an escape of six bytes for each of its bytes. */
#define MESSAGE_ID_JSON_MAX (MESSAGE_ID_CHARS_MAX * 6 + 3)

/* "" = the message had none; else the JSON text to echo. */
struct message_id {
    char json[MESSAGE_ID_JSON_MAX];
};

enum message_type {
    MESSAGE_SUBSCRIBE,
    MESSAGE_UPDATE,
    MESSAGE_RESYNC,
    MESSAGE_UNSUBSCRIBE,
    MESSAGE_PING,
    MESSAGE_AUTH
};

struct client_message {
    enum message_type type;
    struct message_id id;
    struct uuid portfolio_id;
    bool portfolio_id_is_uuid; /* any other string is a portfolio that does not exist */
    char portfolio_text[UUID_TEXT_LEN + 1];
    bool has_max_rate;
    int64_t max_rate_e8; /* > 0, not clamped */
    field_mask fields;   /* 0 = not given */
    bool has_resume;
    struct cursor resume;
    char *token; /* of an auth, else NULL; message_fini frees it */
    size_t token_len;
};

/* What is wrong with a message. The id is echoed when it could be read. */
struct message_error {
    enum error_code code;
    char detail[160];
    struct message_id id;
};

/* STATUS_OK, then message_fini is due; or STATUS_INVALID with *ret_error; STATUS_NO_MEMORY. */
PF_MUST_CHECK enum status message_read(const char *text, size_t len, struct client_message *ret_message,
                                       struct message_error *ret_error);

void message_fini(struct client_message *message); /* the token is overwritten */

struct message_limits {
    int64_t heartbeat_ms, reconnect_window_ms, max_message_bytes, max_subscriptions, messages_per_second;
    int64_t max_rate_e8;
    bool auth_required;
};

void message_write_welcome(struct strbuf *out, int64_t now_ms, const struct message_limits *limits);
/* reason: NULL when absent. fields: 0 = all (not written). */
void message_write_subscribed(struct strbuf *out, const struct message_id *id, const struct uuid *portfolio_id,
                              int64_t max_rate_e8, field_mask fields, bool is_recovered, const char *reason);
void message_write_updated(struct strbuf *out, const struct message_id *id, const struct uuid *portfolio_id,
                           int64_t max_rate_e8, field_mask fields);
/* code: ERROR_NONE when the client asked for it. */
void message_write_unsubscribed(struct strbuf *out, const struct message_id *id, const struct uuid *portfolio_id,
                                enum error_code code);
/* expires_ms: INT64_MAX for a credential without an end: then it is absent. */
void message_write_authenticated(struct strbuf *out, const struct message_id *id, int64_t expires_ms);
void message_write_auth_expiring(struct strbuf *out, int64_t expires_ms);
void message_write_pong(struct strbuf *out, const struct message_id *id, int64_t now_ms);
void message_write_closing(struct strbuf *out, enum close_code code, bool reconnect, int64_t after_ms);
/* portfolio_id: NULL or text to echo; retry_after_ms: -1 = absent. */
void message_write_error(struct strbuf *out, const struct message_error *error, const char *portfolio_id,
                         int64_t retry_after_ms);

/* A heartbeat is written in pieces: begin, any number of subscriptions, end. */
void message_begin_heartbeat(struct strbuf *out, int64_t now_ms);
void message_add_heartbeat(struct strbuf *out, bool is_first, const struct uuid *portfolio_id,
                           const struct cursor *cursor, const char *state);
void message_end_heartbeat(struct strbuf *out);

#endif
