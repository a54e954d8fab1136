/* Reads X-Forwarded-For from its end. What is no address there ends the reading:
 * the client is then who wrote it. Thread: L; visitor_read is fuzzed with head. */
#include "net/visitor.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ADMISSION_ANSWER_MAX 1024

bool admission_connect(const struct admission *admission, const struct visitor *visitor) {
    return !admission->on_connected || admission->on_connected(admission->context, visitor);
}

/* It fits into the empty buffer of a new socket. What the client has sent is not read: then a reset follows. */
void admission_refuse(int fd, const char *headers) {
    char answer[ADMISSION_ANSWER_MAX];
    int len = snprintf(answer, sizeof answer,
                       "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\n%s"
                       "cache-control: no-store\r\nconnection: close\r\n\r\n",
                       headers ? headers : "");
    if (len > 0 && (size_t)len < sizeof answer)
        (void)!send(fd, answer, (size_t)len, MSG_NOSIGNAL);
    close(fd);
}

bool admission_upgrade(const struct admission *admission, const struct visitor *visitor) {
    return !admission->on_upgrade || admission->on_upgrade(admission->context, visitor);
}

void admission_disconnect(const struct admission *admission, const struct visitor *visitor, bool is_websocket) {
    if (admission->on_disconnected)
        admission->on_disconnected(admission->context, visitor, is_websocket);
}

static bool is_trusted(const struct admission *admission, const struct address *address) {
    return admission->proxies && address_list_has(admission->proxies, address);
}

void visitor_init(struct visitor *visitor, const struct admission *admission, const char *peer) {
    *visitor = (struct visitor){.is_proxied = false};
    if (address_parse(peer, strlen(peer), &visitor->peer) == STATUS_OK)
        visitor->is_proxied = is_trusted(admission, &visitor->peer);
    visitor->client = visitor->peer;
    (void)snprintf(visitor->text, sizeof visitor->text, "%s", peer);
}

/* "1.2.3.4", "1.2.3.4:80", "2001:db8::1", "[2001:db8::1]:80". */
static enum status entry_parse(const char *text, size_t len, struct address *ret_address) {
    if (len > 0 && text[0] == '[') {
        const char *end = memchr(text, ']', len);
        return end ? address_parse(text + 1, (size_t)(end - text) - 1, ret_address) : STATUS_INVALID;
    }
    const char *colon = memchr(text, ':', len);
    bool has_port = colon && !memchr(colon + 1, ':', len - (size_t)(colon - text) - 1);
    return address_parse(text, has_port ? (size_t)(colon - text) : len, ret_address);
}

/* Goes on from whom the peer speaks for to whom they speak for; false: the end is reached. */
static bool list_follow(struct visitor *visitor, const struct admission *admission, const char *list) {
    for (size_t len = strlen(list); len > 0;) {
        size_t end = len;
        while (len > 0 && list[len - 1] != ',')
            len--;
        size_t begin = len + strspn(list + len, " \t");
        begin = begin < end ? begin : end;
        while (end > begin && (list[end - 1] == ' ' || list[end - 1] == '\t'))
            end--;
        len -= len > 0 ? 1 : 0; /* the comma */
        struct address address;
        if (begin == end)
            continue;
        if (entry_parse(list + begin, end - begin, &address) != STATUS_OK)
            return false;
        visitor->client = address;
        if (!is_trusted(admission, &address))
            return false;
    }
    return true;
}

void visitor_read(struct visitor *visitor, const struct admission *admission, const struct head *head) {
    if (!visitor->is_proxied)
        return;
    visitor->client = visitor->peer;
    for (size_t i = head->forwarded_n; i-- > 0;)
        if (!list_follow(visitor, admission, head->forwarded[i]))
            break;
    address_write(visitor->text, &visitor->client);
}
