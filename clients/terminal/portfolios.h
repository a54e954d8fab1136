/* The portfolios that the user may see, by REST. Waits for the answers; at most
 * PORTFOLIOS_MAX of them. Thread: main, before the screen. */
#ifndef PF_TERMINAL_PORTFOLIOS_H
#define PF_TERMINAL_PORTFOLIOS_H

#include "base/strbuf.h"
#include "terminal/rest.h"

#include <stdio.h>

#define PORTFOLIOS_MAX 10000
#define PORTFOLIOS_MAX_TEXT "10000"

/* As rest_ask; an array of what GET /portfolios lists, by name, in *ret_items; *ret_are_all: there are no more. */
PF_MUST_CHECK enum status portfolios_fetch(const struct rest_server *server, const char *token, json_t **ret_items,
                                           bool *ret_are_all, long *ret_status, char error[REST_ERROR_MAX]);
/* An id and a name a line, or JSON, each as the server sent it. IO: errno says why. */
PF_MUST_CHECK enum status portfolios_print(FILE *out, const json_t *items, bool is_json, bool is_utf8);
/* "id  name  type  currency" of one, fit for a terminal; or with the id at the end. */
void portfolios_describe(const json_t *item, bool is_id_first, bool is_utf8, struct strbuf *out);

#endif
