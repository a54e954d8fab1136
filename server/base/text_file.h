/* A whole text file in memory, plain or gzip. Thread: the caller's, which waits
 * for the disk. */
#ifndef PF_BASE_TEXT_FILE_H
#define PF_BASE_TEXT_FILE_H

#include "base/status.h"

#include <stddef.h>

/* The text, with one byte of room behind it; the caller frees it. NOT_FOUND: the
 * file cannot be opened. LIMIT: more than bytes_max, unpacked. IO: it cannot be
 * read, or is gzip and damaged or cut off. */
PF_MUST_CHECK enum status text_file_read(const char *path, size_t bytes_max, char **ret_text, size_t *ret_len);

#endif
