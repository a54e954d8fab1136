/* Page by page, until there is none or enough. Thread: main. */
#include "terminal/portfolios.h"

#include "terminal/document.h"
#include "terminal/safe_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PAGE_N 1000
#define CURSOR_MAX 512
#define NAME_COLUMNS_MAX 50

/* A cursor is text for a query: whoever makes others than these is not our server. */
static bool is_cursor(const char *text) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~=";
    size_t len = strlen(text);
    return len > 0 && len < CURSOR_MAX && strspn(text, letters) == len;
}

static enum status fetch_page(const struct rest_server *server, const char *token, json_t *items, char *cursor,
                              long *ret_status, char error[REST_ERROR_MAX]) {
    char path[CURSOR_MAX + 80];
    struct rest_answer answer;
    (void)snprintf(path, sizeof path, "/portfolios?sort=portfolio_name&limit=%d%s%s", PAGE_N,
                   cursor[0] ? "&cursor=" : "", cursor);
    const struct rest_request request = {.path = path, .token = token};
    enum status status = rest_ask(server, &request, &answer);
    const char *next = document_string(answer.json, "next_cursor");
    *ret_status = answer.status;
    (void)snprintf(error, REST_ERROR_MAX, "%s", answer.error);
    cursor[0] = '\0';
    if (next && is_cursor(next))
        (void)snprintf(cursor, CURSOR_MAX, "%s", next);
    if (status == STATUS_OK && !json_is_array(json_object_get(answer.json, "items"))) {
        (void)snprintf(error, REST_ERROR_MAX, "this is no server of portfolios");
        status = STATUS_UNAVAILABLE;
    }
    if (status == STATUS_OK && json_array_extend(items, json_object_get(answer.json, "items")) != 0)
        status = STATUS_NO_MEMORY;
    rest_answer_fini(&answer);
    return status;
}

enum status portfolios_fetch(const struct rest_server *server, const char *token, json_t **ret_items, bool *ret_are_all,
                             long *ret_status, char error[REST_ERROR_MAX]) {
    char cursor[CURSOR_MAX] = "";
    json_t *items = json_array();
    enum status status = items ? STATUS_OK : STATUS_NO_MEMORY;
    *ret_status = 0;
    error[0] = '\0';
    for (unsigned page = 0; status == STATUS_OK && page < PORTFOLIOS_MAX / PAGE_N; page++) {
        status = fetch_page(server, token, items, cursor, ret_status, error);
        if (!cursor[0])
            break;
    }
    if (status != STATUS_OK) {
        json_decref(items);
        return status;
    }
    *ret_items = items;
    *ret_are_all = !cursor[0];
    return STATUS_OK;
}

void portfolios_describe(const json_t *item, bool is_id_first, bool is_utf8, struct strbuf *out) {
    static const char *const members[] = {"portfolio_id", "portfolio_name", "portfolio_type", "base_currency",
                                          "portfolio_id"};
    for (size_t i = is_id_first ? 0 : 1; i < (is_id_first ? 4 : 5); i++) {
        const char *text = document_string(item, members[i]);
        if (i > (is_id_first ? 0 : 1))
            strbuf_append_text(out, "  ");
        if (text)
            (void)safe_text_append(out, text, strlen(text), NAME_COLUMNS_MAX, is_utf8);
    }
}

enum status portfolios_print(FILE *out, const json_t *items, bool is_json, bool is_utf8) {
    struct strbuf text;
    size_t i;
    json_t *item;
    strbuf_init(&text);
    json_array_foreach(items, i, item) {
        if (is_json)
            document_write(&text, item);
        else
            portfolios_describe(item, true, is_utf8, &text);
        strbuf_append_char(&text, '\n');
    }
    enum status status = strbuf_status(&text);
    if (status == STATUS_OK && text.len > 0 && (fwrite(text.data, 1, text.len, out) != text.len || fflush(out) != 0))
        status = STATUS_IO;
    int reason = errno;
    strbuf_fini(&text);
    errno = reason;
    return status;
}
