/* What is printed rather than shown: the table of --once, the lines of --json.
 * Whoever reads slowly makes the program wait, which makes the server send less.
 * Thread: main. */
#ifndef PF_TERMINAL_OUTPUT_H
#define PF_TERMINAL_OUTPUT_H

#include "terminal/table.h"
#include "terminal/watch.h"

#include <stdio.h>

/* IO: it cannot be written, errno says why. */
PF_MUST_CHECK enum status output_table(FILE *out, struct table *table, const struct watch *watch, bool has_color,
                                       bool is_utf8);
/* {"type":"state","portfolio_id",…,"cursor","as_of","status","data"}: exact numbers. */
PF_MUST_CHECK enum status output_state(FILE *out, const struct watch *watch);
/* {"type":"status","portfolio_id","status","code"?,"detail"?}; code, detail: NULL when there is none. */
PF_MUST_CHECK enum status output_status(FILE *out, const struct watch *watch, const char *code, const char *detail);

#endif
