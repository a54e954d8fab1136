/* REDIS_URL taken apart. Refuses what it does not know rather than guess.
 * Thread: any; pure. */
#include "feed/redis_url.h"

#include "base/percent.h"

#include <string.h>

#define REDIS_PORT 6379
#define DATABASE_MAX 65535

static enum status text_copy(char *out, size_t out_size, const char *text, size_t len) {
    if (len >= out_size || memchr(text, '\0', len))
        return STATUS_INVALID;
    memcpy(out, text, len);
    out[len] = '\0';
    return STATUS_OK;
}

static enum status number_parse(const char *text, size_t len, int max, int *ret_number) {
    int number = 0;
    if (len == 0 || len > 6)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return STATUS_INVALID;
        number = number * 10 + (text[i] - '0');
    }
    if (number > max)
        return STATUS_INVALID;
    *ret_number = number;
    return STATUS_OK;
}

/* [user]:password. A user alone is refused: AUTH needs a password. */
static enum status credentials_parse(const char *text, size_t len, struct redis_url *url) {
    const char *colon = memchr(text, ':', len);
    if (!colon)
        return STATUS_INVALID;
    size_t user_len = (size_t)(colon - text);
    enum status status = percent_decode(text, user_len, false, url->user, sizeof url->user);
    if (status != STATUS_OK)
        return status;
    return percent_decode(colon + 1, len - user_len - 1, false, url->password, sizeof url->password);
}

static enum status host_parse(const char *text, size_t len, struct redis_url *url) {
    const char *host_end, *end = text + len;
    if (len > 0 && text[0] == '[') {
        host_end = memchr(text, ']', len);
        if (!host_end)
            return STATUS_INVALID;
        if (text_copy(url->host, sizeof url->host, text + 1, (size_t)(host_end - text - 1)) != STATUS_OK)
            return STATUS_INVALID;
        host_end++;
    } else {
        host_end = memchr(text, ':', len);
        host_end = host_end ? host_end : end;
        if (text_copy(url->host, sizeof url->host, text, (size_t)(host_end - text)) != STATUS_OK)
            return STATUS_INVALID;
    }
    if (url->host[0] == '\0')
        return STATUS_INVALID;
    if (host_end == end)
        return STATUS_OK;
    if (*host_end != ':' || number_parse(host_end + 1, (size_t)(end - host_end - 1), 65535, &url->port) != STATUS_OK)
        return STATUS_INVALID;
    return url->port > 0 ? STATUS_OK : STATUS_INVALID;
}

static enum status tcp_parse(const char *text, struct redis_url *url) {
    const char *slash = strchr(text, '/');
    const char *end = slash ? slash : text + strlen(text);
    const char *at = memrchr(text, '@', (size_t)(end - text));
    enum status status = STATUS_OK;
    if (at) {
        status = credentials_parse(text, (size_t)(at - text), url);
        text = at + 1;
    }
    if (status == STATUS_OK)
        status = host_parse(text, (size_t)(end - text), url);
    if (status == STATUS_OK && slash && slash[1] != '\0')
        status = number_parse(slash + 1, strlen(slash + 1), DATABASE_MAX, &url->database);
    return status;
}

static enum status unix_parse(const char *text, struct redis_url *url) {
    static const char query[] = "?db=";
    const char *mark = strchr(text, '?');
    size_t len = mark ? (size_t)(mark - text) : strlen(text);
    if (text[0] != '/' || len < 2)
        return STATUS_INVALID;
    enum status status = text_copy(url->path, sizeof url->path, text, len);
    if (status != STATUS_OK || !mark)
        return status;
    if (strncmp(mark, query, sizeof query - 1) != 0)
        return STATUS_INVALID;
    const char *number = mark + sizeof query - 1;
    return number_parse(number, strlen(number), DATABASE_MAX, &url->database);
}

enum status redis_url_parse(const char *text, struct redis_url *ret_url) {
    static const char tcp[] = "redis://", local[] = "unix://";
    struct redis_url url = {.port = REDIS_PORT};
    enum status status = STATUS_INVALID;
    if (strncmp(text, tcp, sizeof tcp - 1) == 0)
        status = tcp_parse(text + sizeof tcp - 1, &url);
    else if (strncmp(text, local, sizeof local - 1) == 0)
        status = unix_parse(text + sizeof local - 1, &url);
    if (status == STATUS_OK)
        *ret_url = url;
    return status;
}
