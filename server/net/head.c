/* Parses a request's head in place, one line after another. Thread: any; pure. */
#include "net/head.h"

#include "base/percent.h"

#include <string.h>
#include <strings.h>

/* What is seen of the fields while the head is read, beside the result. */
struct head_reading {
    struct head head;
    const char *content_length;
    const char *transfer_encoding;
    const char *connection;
    const char *expect;
};

size_t head_find_end(const char *bytes, size_t len, size_t from) {
    size_t at = from > 3 ? from - 3 : 0;
    const char *end = len > at ? memmem(bytes + at, len - at, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - bytes) + 4 : 0;
}

/* Whether bytes[from..len) of a head have an LF without CR: no end will come that is one. */
static bool has_bare_lf(const char *bytes, size_t len, size_t from) {
    for (const char *lf; from < len && (lf = memchr(bytes + from, '\n', len - from));) {
        if (lf == bytes || lf[-1] != '\r')
            return true;
        from = (size_t)(lf - bytes) + 1;
    }
    return false;
}

enum http_refusal head_judge_begun(const char *bytes, size_t len, size_t from) {
    if (has_bare_lf(bytes, len, from))
        return HTTP_REFUSAL_BAD_REQUEST;
    if (len < HEAD_BYTES_MAX)
        return HTTP_REFUSAL_NONE;
    return memchr(bytes, '\n', len) ? HTTP_REFUSAL_HEAD_TOO_LARGE : HTTP_REFUSAL_TARGET_TOO_LONG;
}

bool head_is_token_char(char c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return true;
    return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static size_t token_length(const char *text) {
    size_t len = 0;
    while (head_is_token_char(text[len]))
        len++;
    return len;
}

bool head_list_has(const char *list, const char *token) {
    size_t token_len = strlen(token);
    while (*list) {
        list += strspn(list, " \t,");
        size_t len = strcspn(list, ",");
        size_t trimmed = len;
        while (trimmed > 0 && (list[trimmed - 1] == ' ' || list[trimmed - 1] == '\t'))
            trimmed--;
        if (trimmed == token_len && strncasecmp(list, token, token_len) == 0)
            return true;
        list += len;
    }
    return false;
}

static enum http_method method_of(const char *text) {
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"GET", HTTP_GET},       {"HEAD", HTTP_HEAD},       {"POST", HTTP_POST},  {"PUT", HTTP_PUT},
                   {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS}, {"PATCH", HTTP_PATCH}};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(text, methods[i].name) == 0)
            return methods[i].method;
    return HTTP_METHOD_OTHER;
}

/* Only printable ASCII, percent escapes whole, no fragment. */
static bool is_target(const char *text) {
    for (; *text; text++) {
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f || *text == '#')
            return false;
        if (*text == '%' && (percent_hex_value(text[1]) < 0 || percent_hex_value(text[2]) < 0))
            return false;
    }
    return true;
}

static enum status parse_target(char *target, struct head *head) {
    if (!is_target(target))
        return STATUS_INVALID;
    if (strncasecmp(target, "http://", 7) == 0) {
        target += 7 + strcspn(target + 7, "/?");
        if (*target != '/') {
            /* "http://host" and "http://host?query": there is no room for "/", so the path is apart. */
            head->path = "/";
            head->query = *target ? target + 1 : "";
            return STATUS_OK;
        }
    } else if (*target != '/' && !(strcmp(target, "*") == 0 && head->method == HTTP_OPTIONS)) {
        return STATUS_INVALID;
    }
    char *question = strchr(target, '?');
    if (question)
        *question = '\0';
    head->path = target;
    head->query = question ? question + 1 : "";
    return STATUS_OK;
}

static enum status parse_request_line(char *line, struct head *head) {
    size_t method_len = token_length(line);
    if (method_len == 0 || line[method_len] != ' ')
        return STATUS_INVALID;
    line[method_len] = '\0';
    head->method = method_of(line);
    char *target = line + method_len + 1;
    char *version = strchr(target, ' ');
    if (!version)
        return STATUS_INVALID;
    *version++ = '\0';
    if (strcmp(version, "HTTP/1.1") == 0)
        head->is_http_1_1 = true;
    else if (strcmp(version, "HTTP/1.0") != 0)
        return STATUS_INVALID;
    return parse_target(target, head);
}

/* Where a field's value goes; NULL for a field that nobody reads. *ret_is_list:
 * it may come several times, the first counts. */
static const char **field_place(struct head_reading *reading, const char *name, bool *ret_is_list) {
    struct head *head = &reading->head;
    const struct {
        const char *name;
        const char **place;
        bool is_list;
    } fields[] = {
        {"accept", &head->headers[HTTP_HEADER_ACCEPT], true},
        {"accept-encoding", &head->headers[HTTP_HEADER_ACCEPT_ENCODING], true},
        {"authorization", &head->headers[HTTP_HEADER_AUTHORIZATION], false},
        {"access-control-request-method", &head->headers[HTTP_HEADER_ACCESS_CONTROL_REQUEST_METHOD], false},
        {"connection", &reading->connection, false},
        {"content-encoding", &head->headers[HTTP_HEADER_CONTENT_ENCODING], false},
        {"content-length", &reading->content_length, false},
        {"content-type", &head->headers[HTTP_HEADER_CONTENT_TYPE], false},
        {"expect", &reading->expect, false},
        {"host", &head->headers[HTTP_HEADER_HOST], false},
        {"idempotency-key", &head->headers[HTTP_HEADER_IDEMPOTENCY_KEY], false},
        {"if-match", &head->headers[HTTP_HEADER_IF_MATCH], false},
        {"if-none-match", &head->headers[HTTP_HEADER_IF_NONE_MATCH], false},
        {"origin", &head->headers[HTTP_HEADER_ORIGIN], false},
        {"sec-websocket-key", &head->websocket_key, false},
        {"sec-websocket-protocol", &head->headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL], false},
        {"sec-websocket-version", &head->websocket_version, false},
        {"transfer-encoding", &reading->transfer_encoding, false},
        {"upgrade", &head->upgrade, false},
        {"user-agent", &head->headers[HTTP_HEADER_USER_AGENT], false},
        {"x-request-id", &head->headers[HTTP_HEADER_X_REQUEST_ID], false},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcasecmp(name, fields[i].name) == 0) {
            *ret_is_list = fields[i].is_list;
            return fields[i].place;
        }
    return NULL;
}

static void forwarded_add(struct head *head, const char *value) {
    if (head->forwarded_n == HEAD_FORWARDED_MAX)
        memmove(head->forwarded, head->forwarded + 1, --head->forwarded_n * sizeof head->forwarded[0]);
    head->forwarded[head->forwarded_n++] = value;
}

static bool is_field_value(const char *value) {
    for (; *value; value++)
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f)
            return false;
    return true;
}

static enum status parse_field(char *line, struct head_reading *reading) {
    size_t name_len = token_length(line);
    if (name_len == 0 || line[name_len] != ':')
        return STATUS_INVALID;
    line[name_len] = '\0';
    char *value = line + name_len + 1;
    value += strspn(value, " \t");
    size_t value_len = strlen(value);
    while (value_len > 0 && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
        value[--value_len] = '\0';
    if (!is_field_value(value))
        return STATUS_INVALID;
    if (strcasecmp(line, "x-forwarded-for") == 0) {
        forwarded_add(&reading->head, value);
        return STATUS_OK;
    }
    bool is_list = false;
    const char **place = field_place(reading, line, &is_list);
    if (!place || (is_list && *place))
        return STATUS_OK;
    if (*place)
        return STATUS_INVALID;
    *place = value;
    return STATUS_OK;
}

static enum status read_content_length(const char *text, struct head *head) {
    size_t len = strlen(text);
    if (len < 1 || len > 9 || strspn(text, "0123456789") != len)
        return STATUS_INVALID;
    uint32_t value = 0;
    for (; *text; text++)
        value = value * 10 + (uint32_t)(*text - '0');
    head->has_content_length = true;
    head->content_length = value;
    return STATUS_OK;
}

/* A body of a known length, or chunked, never both: which of them counts is what readers differ in. */
static enum status read_framing(const struct head_reading *reading, struct head *head) {
    const char *coding = reading->transfer_encoding;
    if (!coding)
        return reading->content_length ? read_content_length(reading->content_length, head) : STATUS_OK;
    if (reading->content_length || !head->is_http_1_1 || strcasecmp(coding, "chunked") != 0)
        return STATUS_INVALID;
    head->is_chunked = true;
    return STATUS_OK;
}

/* What the fields mean together. */
static enum status conclude(struct head_reading *reading) {
    struct head *head = &reading->head;
    const char *host = head->headers[HTTP_HEADER_HOST];
    if (!host && head->is_http_1_1)
        return STATUS_INVALID;
    if (host && strpbrk(host, " \t,/@"))
        return STATUS_INVALID;
    if (read_framing(reading, head) != STATUS_OK)
        return STATUS_INVALID;
    const char *connection = reading->connection ? reading->connection : "";
    head->connection_upgrade = head_list_has(connection, "upgrade");
    head->is_keep_alive = head->is_http_1_1 && !head_list_has(connection, "close");
    head->expects_continue = head->is_http_1_1 && reading->expect && strcasecmp(reading->expect, "100-continue") == 0;
    return STATUS_OK;
}

enum status head_parse(char *bytes, size_t len, struct head *ret_head) {
    if (len < 4 || len > HEAD_BYTES_MAX || memchr(bytes, '\0', len) || memcmp(bytes + len - 4, "\r\n\r\n", 4) != 0)
        return STATUS_INVALID;
    struct head_reading reading = {.connection = NULL};
    char *line = bytes;
    char *end = bytes + len - 2; /* of the last line that is not the empty one */
    for (size_t line_n = 0; line < end; line_n++) {
        char *line_end = memchr(line, '\r', (size_t)(end - line));
        if (!line_end || line_end[1] != '\n')
            return STATUS_INVALID;
        if (line_n > HEAD_FIELDS_MAX)
            return STATUS_LIMIT;
        *line_end = '\0';
        if (strchr(line, '\n'))
            return STATUS_INVALID;
        enum status status = line_n == 0 ? parse_request_line(line, &reading.head) : parse_field(line, &reading);
        if (status != STATUS_OK)
            return status;
        line = line_end + 2;
    }
    if (!reading.head.path || conclude(&reading) != STATUS_OK)
        return STATUS_INVALID;
    *ret_head = reading.head;
    return STATUS_OK;
}
