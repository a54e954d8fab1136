/* Lines of a CSV file, plain or gzip, split at commas. No quoting: a field is
 * what stands between two commas. Thread: the owner's. */
#ifndef PF_FEED_CSV_READER_H
#define PF_FEED_CSV_READER_H

#include "base/status.h"

#include <stddef.h>
#include <zlib.h>

#define CSV_COLUMNS_MAX 64
#define CSV_LINE_MAX 4096

struct csv_reader {
    gzFile file;
    size_t line_n; /* of the line read last */
    char line[CSV_LINE_MAX];
    const char *fields[CSV_COLUMNS_MAX]; /* NUL-terminated, in `line` */
    size_t field_lens[CSV_COLUMNS_MAX];
    size_t fields_n;
    const char *reason; /* why the last call failed: a static text */
};

PF_MUST_CHECK enum status csv_reader_open(struct csv_reader *reader, const char *path);
/* The next line that is not empty. NOT_FOUND at the end of the file; INVALID
 * (line too long, too many columns), IO (unreadable, cut off). */
PF_MUST_CHECK enum status csv_reader_next(struct csv_reader *reader);
void csv_reader_close(struct csv_reader *reader);

#endif
