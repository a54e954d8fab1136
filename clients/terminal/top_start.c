/* Before the stream: who the user is, and which portfolio is meant. Waits for the
 * server; a signal ends the program as it ends others. Thread: main. */
#include "terminal/document.h"
#include "terminal/portfolios.h"
#include "terminal/top_internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum exit_code code_of_refusal(enum status status, long http_status) {
    if (status == STATUS_UNAVAILABLE)
        return EXIT_CODE_UNREACHABLE;
    if (http_status == 401 || http_status == 403)
        return EXIT_CODE_UNAUTHORIZED;
    return http_status == 429 || http_status == 503 ? EXIT_CODE_UNREACHABLE : EXIT_CODE_FAILED;
}

static bool log_in(struct top *top) {
    const char *error = NULL;
    enum status status = credential_log_in(top->credential, &error);
    if (status == STATUS_OK)
        return true;
    top_complain(top, "cannot log in", error);
    top_finish(top, status == STATUS_UNAVAILABLE ? EXIT_CODE_UNREACHABLE : EXIT_CODE_UNAUTHORIZED);
    return false;
}

static bool fetch(struct top *top, json_t **ret_items) {
    const struct options *options = top->options;
    struct rest_server server = {&options->server_url, options->ca_file, options->is_insecure, options->timeout_s,
                                 NULL};
    const char *token_error = NULL, *token = credential_token(top->credential, &token_error);
    char error[REST_ERROR_MAX];
    long http_status = 0;
    bool are_all = true;
    if (token_error)
        top_complain(top, token_error, NULL);
    enum status status = portfolios_fetch(&server, token, ret_items, &are_all, &http_status, error);
    if (status == STATUS_OK && !are_all)
        top_complain(top, "there are more portfolios than the first " PORTFOLIOS_MAX_TEXT, NULL);
    if (status == STATUS_OK)
        return true;
    top_complain(top, "cannot list portfolios", error);
    top_finish(top, code_of_refusal(status, http_status));
    return false;
}

static void take(struct top *top, const json_t *item) {
    const char *id = document_string(item, "portfolio_id");
    if (id && strlen(id) == OPTIONS_ID_LEN) {
        memcpy(top->options->portfolio_id, id, OPTIONS_ID_LEN + 1);
        return;
    }
    top_complain(top, "this is no server of portfolios", NULL);
    top_finish(top, EXIT_CODE_FAILED);
}

static void choose(struct top *top, const json_t *items) {
    if (json_array_size(items) == 1) {
        take(top, json_array_get(items, 0));
        return;
    }
    if (json_array_size(items) == 0) {
        top_complain(top, "there is no portfolio that you may see", NULL);
        top_finish(top, EXIT_CODE_NOT_FOUND);
        return;
    }
    if (!top->screen) {
        top_complain(top, "which portfolio? Say its id; these are yours to see:", NULL);
        (void)!portfolios_print(stderr, items, false, top->is_utf8);
        top_finish(top, EXIT_CODE_USAGE);
        return;
    }
    const json_t *chosen = NULL;
    top_take_over_signals(); /* from ncurses, whose handlers end with other codes */
    while (!top->is_over && !screen_choose(top->screen, items, top->signals_fd, &chosen))
        top_take_signals(top);
    if (chosen)
        take(top, chosen);
    else
        top_finish(top, EXIT_CODE_OK); /* unless a signal has ended it */
}

static void list(struct top *top, const json_t *items) {
    top_check_written(top, portfolios_print(stdout, items, top->options->is_json, top->is_utf8));
    top_finish(top, EXIT_CODE_OK); /* unless that has ended it */
}

static bool open_screen(struct top *top) {
    const char *error = NULL;
    if (top->options->is_once || top->options->is_json || top->options->is_list)
        return true;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        error = "this is no terminal: use --once or --json";
    else if (screen_create(top->has_color, top->is_utf8, &top->screen, &error) == STATUS_OK)
        return true;
    top_complain(top, error ? error : "out of memory", NULL);
    top_finish(top, EXIT_CODE_USAGE);
    return false;
}

bool top_start(struct top *top) {
    json_t *items = NULL;
    if (!log_in(top))
        return false;
    if (top->options->is_list || !top->options->portfolio_id[0]) {
        if (!fetch(top, &items))
            return false;
    }
    if (top->options->is_list)
        list(top, items);
    else if (open_screen(top) && items)
        choose(top, items);
    json_decref(items);
    return !top->is_over;
}
