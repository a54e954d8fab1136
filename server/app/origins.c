/* Owns the list of ORIGINS, each in lower case and without the port that its
 * scheme implies. Refuses what is no origin: a path, a user, a wildcard.
 * Thread: any; pure. */
#include "app/origins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct origins {
    size_t n;
    char texts[ORIGINS_MAX][ORIGIN_BYTES_MAX + 1];
};

#define SCHEME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789+.-"
#define HOST_CHARS "abcdefghijklmnopqrstuvwxyz0123456789._-"
#define ADDRESS_CHARS "0123456789abcdef:."

/* The end of "host" or "[address]", or NULL. */
static const char *host_end(const char *text) {
    size_t len = text[0] == '[' ? 1 + strspn(text + 1, ADDRESS_CHARS) : strspn(text, HOST_CHARS);
    if (text[0] == '[')
        return len > 1 && text[len] == ']' ? text + len + 1 : NULL;
    return len > 0 ? text + len : NULL;
}

/* text[0..] in lower case; false: too long. */
static bool fold(const char *text, size_t len, char out[ORIGIN_BYTES_MAX + 1]) {
    if (len > ORIGIN_BYTES_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i]);
    out[len] = '\0';
    return true;
}

/* Cuts ":80" off what is http, ":443" off what is https: browsers do not send them. */
static void drop_implied_port(const char *scheme, size_t scheme_len, char *port) {
    bool is_implied = (scheme_len == 4 && memcmp(scheme, "http", 4) == 0 && strcmp(port, ":80") == 0) ||
                      (scheme_len == 5 && memcmp(scheme, "https", 5) == 0 && strcmp(port, ":443") == 0);
    if (is_implied)
        *port = '\0';
}

static bool is_port(const char *text) {
    size_t len = text[0] == ':' ? strspn(text + 1, "0123456789") : 0;
    return text[0] == '\0' || (len >= 1 && len <= 5 && text[1 + len] == '\0');
}

/* scheme "://" host [":" port], folded; false: it is none. */
static bool normalize(const char *text, size_t len, char out[ORIGIN_BYTES_MAX + 1]) {
    if (!fold(text, len, out))
        return false;
    size_t scheme_len = strspn(out, SCHEME_CHARS);
    if (scheme_len == 0 || strncmp(out + scheme_len, "://", 3) != 0)
        return false;
    const char *end = host_end(out + scheme_len + 3);
    if (!end || !is_port(end))
        return false;
    drop_implied_port(out, scheme_len, out + (end - out));
    return true;
}

static bool add(struct origins *origins, const char *text, size_t len) {
    if (origins->n == ORIGINS_MAX)
        return false;
    char *place = origins->texts[origins->n];
    if (len == 4 && memcmp(text, "null", 4) == 0)
        memcpy(place, "null", 5);
    else if (!normalize(text, len, place))
        return false;
    origins->n++;
    return true;
}

enum status origins_parse(const char *text, struct origins **ret_origins, char *error, size_t error_len) {
    struct origins *origins = calloc(1, sizeof *origins);
    if (!origins)
        return STATUS_NO_MEMORY;
    while (*text) {
        text += strspn(text, " ,");
        size_t len = strcspn(text, " ,");
        if (len > 0 && !add(origins, text, len)) {
            (void)snprintf(error, error_len, "%.*s: not like https://app.example.com or http://localhost:3000%s",
                           (int)(len < 80 ? len : 80), text, origins->n == ORIGINS_MAX ? ", or one too many" : "");
            free(origins);
            return STATUS_INVALID;
        }
        text += len;
    }
    *ret_origins = origins;
    return STATUS_OK;
}

void origins_destroy(struct origins **origins) {
    free(*origins);
    *origins = NULL;
}

bool origins_is_empty(const struct origins *origins) {
    return origins->n == 0;
}

bool origins_has(const struct origins *origins, const char *origin) {
    char folded[ORIGIN_BYTES_MAX + 1];
    bool is_null = strcmp(origin, "null") == 0;
    if (!is_null && !normalize(origin, strlen(origin), folded))
        return false;
    for (size_t i = 0; i < origins->n; i++)
        if (strcmp(origins->texts[i], is_null ? "null" : folded) == 0)
            return true;
    return false;
}

bool origin_is_of_host(const char *origin, const char *host) {
    char of_page[ORIGIN_BYTES_MAX + 1], of_host[ORIGIN_BYTES_MAX + 1];
    if (!normalize(origin, strlen(origin), of_page) || !fold(host, strlen(host), of_host))
        return false;
    size_t scheme_len = strcspn(of_page, ":");
    const char *end = host_end(of_host);
    if (!end || !is_port(end))
        return false;
    drop_implied_port(of_page, scheme_len, of_host + (end - of_host));
    return strcmp(of_page + scheme_len + 3, of_host) == 0;
}

bool host_is_loopback(const char *host) {
    char folded[ORIGIN_BYTES_MAX + 1];
    const char *end = fold(host, strlen(host), folded) ? host_end(folded) : NULL;
    if (!end || !is_port(end))
        return false;
    size_t len = (size_t)(end - folded);
    bool is_address = strspn(folded, "0123456789.") == len;
    return (is_address && strncmp(folded, "127.", 4) == 0) || (len == 9 && memcmp(folded, "localhost", 9) == 0) ||
           (len == 5 && memcmp(folded, "[::1]", 5) == 0);
}
