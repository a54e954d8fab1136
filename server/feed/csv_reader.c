/* Lines of a CSV file. It owns the open file and the current line; it refuses
 * lines longer than CSV_LINE_MAX. Thread: the owner's. */
#include "feed/csv_reader.h"

#include <string.h>

enum status csv_reader_open(struct csv_reader *reader, const char *path) {
    reader->line_n = 0;
    reader->fields_n = 0;
    reader->reason = "cannot be opened";
    reader->file = gzopen(path, "rb");
    if (!reader->file)
        return STATUS_IO;
    (void)gzbuffer(reader->file, 1 << 17);
    return STATUS_OK;
}

void csv_reader_close(struct csv_reader *reader) {
    if (reader->file)
        (void)gzclose_r(reader->file);
    reader->file = NULL;
}

/* gzgets says NULL at the end, after an error, and where a gzip file is cut off. */
static enum status end_status(struct csv_reader *reader) {
    int code = Z_OK;
    (void)gzerror(reader->file, &code);
    if (code != Z_OK && code != Z_STREAM_END) {
        reader->reason = code == Z_BUF_ERROR ? "the file is cut off" : "the file cannot be read";
        return STATUS_IO;
    }
    return STATUS_NOT_FOUND;
}

static enum status line_split(struct csv_reader *reader, size_t len) {
    char *at = reader->line, *end = reader->line + len;
    reader->fields_n = 0;
    for (;;) {
        char *comma = memchr(at, ',', (size_t)(end - at));
        char *field_end = comma ? comma : end;
        if (reader->fields_n == CSV_COLUMNS_MAX) {
            reader->reason = "too many columns";
            return STATUS_INVALID;
        }
        *field_end = '\0';
        reader->field_lens[reader->fields_n] = (size_t)(field_end - at);
        reader->fields[reader->fields_n++] = at;
        if (!comma)
            return STATUS_OK;
        at = comma + 1;
    }
}

enum status csv_reader_next(struct csv_reader *reader) {
    for (;;) {
        reader->line_n++;
        if (!gzgets(reader->file, reader->line, sizeof reader->line))
            return end_status(reader);
        size_t len = strlen(reader->line);
        if (len == sizeof reader->line - 1 && reader->line[len - 1] != '\n') {
            reader->reason = "the line is too long";
            return STATUS_INVALID;
        }
        while (len > 0 && (reader->line[len - 1] == '\n' || reader->line[len - 1] == '\r'))
            len--;
        if (len > 0)
            return line_split(reader, len);
    }
}
