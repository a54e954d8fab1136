/* The settings: one table (config_table.h) with name, type, default, bounds and
 * help. Read from the environment, then from flags of the same names
 * (--flush-ms 20, --FLUSH_MS=20). Thread: main; read-only afterwards. */
#ifndef PF_OPS_CONFIG_H
#define PF_OPS_CONFIG_H

#include "base/status.h"
#include "ops/config_table.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CONFIG_FILES_MAX 32 /* secrets and URLs */

struct config {
#define CONFIG_TEXT(field, name, value, help) const char *field;
#define CONFIG_INTEGER(field, name, value, min, max, help) int64_t field;
#define CONFIG_DECIMAL(field, name, value, min, max, help) int64_t field; /* in units of 1e-8 */
#define CONFIG_SECRET(field, name, help) const char *field;
    PF_CONFIG(CONFIG_TEXT, CONFIG_INTEGER, CONFIG_DECIMAL)
    PF_CONFIG_SECRETS(CONFIG_SECRET)
#undef CONFIG_SECRET
#undef CONFIG_TEXT
#undef CONFIG_INTEGER
#undef CONFIG_DECIMAL
    char *file_texts[CONFIG_FILES_MAX]; /* of NAME_FILE; some of the texts above point here */
    size_t file_texts_n;
};

/* argv: the arguments after the subcommand. Unknown flags, values of the wrong
 * type or outside their bounds: STATUS_INVALID with a clear text in error. The
 * texts point into environment and argv, or are those of files: a secret and a
 * URL NAME may stand in the file that NAME_FILE names. */
PF_MUST_CHECK enum status config_read(struct config *ret_config, int argc, char *const *argv, char *error,
                                      size_t error_len);
/* Leaves nothing of what was read from files. */
void config_fini(struct config *config);
/* The table for --help: name, default, bounds, meaning. */
void config_print_help(FILE *out);

#endif
