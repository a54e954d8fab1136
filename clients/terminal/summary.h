/* What stands above the rows: whose portfolio it is and what it comes to. Texts that
 * a terminal can show. Thread: any; pure. */
#ifndef PF_TERMINAL_SUMMARY_H
#define PF_TERMINAL_SUMMARY_H

#include "base/strbuf.h"

#include <jansson.h>
#include <stdbool.h>

#define SUMMARY_PARTS_MAX 8
#define SUMMARY_NAME_COLUMNS_MAX 60

/* One number with its name: "GAIN" "36,889.09 (163.74%)". */
struct summary_part {
    const char *heading;
    char text[200];
    int tone; /* -1 or 1: a loss or a gain */
};

/* Those of the totals that the document has; returns how many. */
size_t summary_parts(const json_t *data, bool is_exact, struct summary_part parts[SUMMARY_PARTS_MAX]);
/* The portfolio's name and currency. */
void summary_title(const json_t *data, bool is_utf8, struct strbuf *out);

#endif
