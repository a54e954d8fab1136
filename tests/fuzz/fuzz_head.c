/* A head that is accepted has strings inside itself, without control
 * characters, and the bounds that head.h promises; whether it also is a
 * handshake, what the library gets to see is one canonical head, itself
 * acceptable. */
#include "fuzz.h"
#include "net/handshake.h"
#include "net/visitor.h"

#include <string.h>

static void check_text(const char *text, const char *begin, size_t len) {
    if (!text || *text == '\0' || strcmp(text, "/") == 0)
        return;
    FUZZ_CHECK(text > begin && text < begin + len);
    FUZZ_CHECK(memchr(text, '\0', len - (size_t)(text - begin)) != NULL);
    for (; *text; text++)
        FUZZ_CHECK(((unsigned char)*text >= ' ' || *text == '\t') && *text != 0x7f);
}

static void check_handshake(const struct head *head) {
    char request[HANDSHAKE_BYTES_MAX];
    struct head again;
    size_t len = handshake_write(request, head, "portfolio.v1.json");
    FUZZ_CHECK(len > 0 && head_find_end(request, len, 0) == len);
    FUZZ_CHECK(head_parse(request, len, &again) == STATUS_OK);
    FUZZ_CHECK(handshake_check(&again, "portfolio.v1.json") == STATUS_OK);
    FUZZ_CHECK(strcmp(again.websocket_key, head->websocket_key) == 0);
}

/* Whatever is forwarded, the client is some address; of who trusts nobody, the peer's. */
static void check_visitor(const struct head *head) {
    struct address_list proxies;
    char error[64];
    struct visitor visitor;
    FUZZ_CHECK(address_list_parse("10.0.0.0/8", &proxies, error, sizeof error) == STATUS_OK);
    struct admission admission = {.proxies = &proxies};
    visitor_init(&visitor, &admission, "10.0.0.1");
    visitor_read(&visitor, &admission, head);
    struct address again;
    FUZZ_CHECK(address_parse(visitor.text, strlen(visitor.text), &again) == STATUS_OK);
    FUZZ_CHECK(address_equals(&again, &visitor.client));
    visitor_init(&visitor, &admission, "11.0.0.1");
    visitor_read(&visitor, &admission, head);
    FUZZ_CHECK(address_equals(&visitor.client, &visitor.peer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char bytes[2 * HEAD_BYTES_MAX];
    struct head head;
    if (size > sizeof bytes)
        return 0;
    memcpy(bytes, data, size);
    size_t len = head_find_end(bytes, size, 0);
    if (len > 0) /* wherever an earlier piece ended */
        for (size_t from = 0; from < len && from < 64; from++)
            FUZZ_CHECK(head_find_end(bytes, from, 0) == 0 && head_find_end(bytes, size, from) == len);
    if (len == 0 || head_parse(bytes, len, &head) != STATUS_OK)
        return 0;
    FUZZ_CHECK(head.path && head.query && (head.path[0] == '/' || strcmp(head.path, "*") == 0));
    FUZZ_CHECK(head.content_length <= 999999999 && (head.has_content_length || head.content_length == 0));
    FUZZ_CHECK(!head.is_chunked || (head.is_http_1_1 && !head.has_content_length));
    check_text(head.path, bytes, len);
    check_text(head.query, bytes, len);
    for (size_t i = 0; i < HTTP_HEADER_N; i++)
        check_text(head.headers[i], bytes, len);
    check_text(head.upgrade, bytes, len);
    for (size_t i = 0; i < head.forwarded_n; i++)
        check_text(head.forwarded[i], bytes, len);
    check_visitor(&head);
    if (handshake_check(&head, "portfolio.v1.json") == STATUS_OK)
        check_handshake(&head);
    return 0;
}
