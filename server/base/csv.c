/* Cuts records into fields. Refuses quotes inside a field that did not begin
 * with one. Thread: any; pure. */
#include "base/csv.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

void csv_init(struct csv *csv, char *text, size_t len) {
    *csv = (struct csv){.at = text, .end = text + len};
    static const char mark[] = "\xef\xbb\xbf";
    if (len >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0)
        csv->at += sizeof mark - 1;
}

/* Behind the line's end, wherever it is. */
static char *line_end(const struct csv *csv, char *at) {
    char *newline = memchr(at, '\n', (size_t)(csv->end - at));
    return newline ? newline + 1 : csv->end;
}

/* A field in quotes that begins at `at`: moved together over its doubled quotes,
 * from at + 1 on. Gives the place behind the closing quote, NULL without one. */
static char *quoted_cut(const struct csv *csv, char *at, size_t *ret_len) {
    char *out = at + 1;
    for (char *in = at + 1; in < csv->end; in++) {
        if (*in == '"') {
            if (in + 1 == csv->end || in[1] != '"') {
                *ret_len = (size_t)(out - (at + 1));
                return in + 1;
            }
            in++;
        }
        *out++ = *in;
    }
    return NULL;
}

/* Where a field without quotes ends: at a comma or the line's end. The last line
 * may lack its LF. */
static char *plain_end(const struct csv *csv, char *at) {
    while (at < csv->end && *at != ',' && *at != '\n' && !(*at == '\r' && (at + 1 == csv->end || at[1] == '\n')))
        at++;
    return at;
}

static bool is_text(const char *text, size_t len) {
    for (size_t at = 0; at < len;) {
        size_t character_len = utf8_character_len(text + at, len - at);
        if (character_len == 0 || text[at] == '\0')
            return false;
        at += character_len;
    }
    return true;
}

/* One field; leaves csv->at at what ended it. The first reason counts. */
static void field_cut(struct csv *csv) {
    char *start = csv->at, *stop;
    size_t len;
    if (start < csv->end && *start == '"') {
        stop = quoted_cut(csv, start, &len);
        start++;
        if (!stop) {
            csv->reason = "a quote is not closed";
            csv->at = csv->end;
            return;
        }
        if (plain_end(csv, stop) != stop && !csv->reason)
            csv->reason = "something follows a closing quote";
        stop = plain_end(csv, stop);
    } else {
        stop = plain_end(csv, start);
        len = (size_t)(stop - start);
        if (memchr(start, '"', len) && !csv->reason)
            csv->reason = "a quote stands inside a field that does not begin with one";
    }
    if (!csv->reason && !is_text(start, len))
        csv->reason = "the bytes are not UTF-8 text";
    if (csv->fields_n == CSV_FIELDS_MAX) {
        if (!csv->reason)
            csv->reason = "too many fields";
    } else {
        csv->fields[csv->fields_n] = start;
        csv->lens[csv->fields_n++] = len;
    }
    csv->at = stop;
}

enum status csv_next(struct csv *csv) {
    for (;;) {
        if (csv->at == csv->end)
            return STATUS_NOT_FOUND;
        csv->row++;
        if (plain_end(csv, csv->at) != csv->at || *csv->at == ',')
            break;
        csv->at = line_end(csv, csv->at); /* an empty line */
    }
    csv->reason = NULL;
    csv->fields_n = 0;
    for (;;) {
        field_cut(csv);
        if (csv->at == csv->end || *csv->at != ',')
            break;
        csv->at++;
    }
    csv->at = line_end(csv, csv->at);
    /* The NULs last: they stand where commas and line ends stood, or behind the text. */
    for (size_t i = 0; i < csv->fields_n; i++)
        csv->fields[i][csv->lens[i]] = '\0';
    return csv->reason ? STATUS_INVALID : STATUS_OK;
}
