/* A secret from a file, as containers and systemd hand them over. Thread: main. */
#ifndef PF_OPS_SECRET_FILE_H
#define PF_OPS_SECRET_FILE_H

#include "base/status.h"

#include <stddef.h>

#define SECRET_FILE_BYTES_MAX 16384

/* The text of a file without the line's end behind it, on the heap. Refused with
 * a text that says why, never with the content: what cannot be read, is empty,
 * too large, or has a NUL. */
PF_MUST_CHECK enum status secret_file_read(const char *path, char **ret_text, char *error, size_t error_len);
/* Leaves nothing of it in memory. */
void secret_file_free(char *text);

#endif
