/* Finds them. Thread: any; pure. */
#include "app/stream_credential.h"

#include <string.h>

/* The next entry of a comma-separated list, without blanks; NULL: there is none. */
static const char *entry_next(const char **list, size_t *ret_len) {
    *list += strspn(*list, " \t,");
    if (!**list)
        return NULL;
    const char *entry = *list;
    size_t len = strcspn(entry, ",");
    *list += len;
    while (len > 0 && (entry[len - 1] == ' ' || entry[len - 1] == '\t'))
        len--;
    *ret_len = len;
    return entry;
}

static void note(struct stream_credential *credential, enum stream_credential_kind kind, const char *text, size_t len) {
    bool is_first = credential->kind == STREAM_CREDENTIAL_NONE;
    credential->kind = is_first ? kind : STREAM_CREDENTIAL_SEVERAL;
    credential->text = text;
    credential->len = len;
}

static void read_protocols(const char *list, struct stream_credential *credential) {
    static const char prefix[] = "bearer.";
    const size_t prefix_len = sizeof prefix - 1;
    size_t len = 0;
    for (const char *entry; (entry = entry_next(&list, &len));) {
        if (len >= prefix_len && memcmp(entry, prefix, prefix_len) == 0)
            note(credential, STREAM_CREDENTIAL_TOKEN, entry + prefix_len, len - prefix_len);
    }
}

void stream_credential_read(const struct http_request *request, struct stream_credential *ret_credential) {
    const char *header = request->headers[HTTP_HEADER_AUTHORIZATION];
    const char *protocols = request->headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL];
    struct stream_credential *credential = ret_credential;
    credential->kind = STREAM_CREDENTIAL_NONE;
    if (header)
        note(credential, STREAM_CREDENTIAL_HEADER, header, strlen(header));
    if (protocols)
        read_protocols(protocols, credential);
    enum status status = query_get(request->query, "ticket", credential->ticket);
    if (status == STATUS_OK)
        note(credential, STREAM_CREDENTIAL_TICKET, credential->ticket, strlen(credential->ticket));
    else if (status != STATUS_NOT_FOUND) /* twice, or too long: no ticket of ours */
        note(credential, STREAM_CREDENTIAL_TICKET, "", 0);
}
