/* What the screen's files share: screen.c, the table and the keys; screen_lists.c,
 * what lies over it or comes before. Thread: main. */
#ifndef PF_TERMINAL_SCREEN_INTERNAL_H
#define PF_TERMINAL_SCREEN_INTERNAL_H

#include "terminal/screen.h"

/* Its macros (timeout, clear, …) are in nobody's way in these files. */
#include <curses.h>

enum screen_mode { SCREEN_MODE_TABLE, SCREEN_MODE_FILTER, SCREEN_MODE_COLUMNS, SCREEN_MODE_HELP };
enum screen_pair { SCREEN_PAIR_GAIN = 1, SCREEN_PAIR_LOSS, SCREEN_PAIR_WARNING };

struct screen {
    SCREEN *terminal;
    bool has_color, is_utf8;
    enum screen_mode mode;
    size_t first;     /* the row at the top */
    size_t page_n;    /* rows that the screen has room for, as last drawn */
    int head_n;       /* lines above the rows, as last drawn */
    size_t skipped_n; /* columns that are scrolled away to the left */
    size_t place;     /* in the list of columns */
    size_t choice;    /* in the list of portfolios */
    int line, column; /* where the next text goes: ncurses' cursor wraps at the end of a line */
    int right;        /* where the line ends */
    size_t widths[TABLE_COLUMNS_N];
    struct strbuf text;
};

void screen_at(struct screen *screen, int line); /* its beginning */
/* Behind what was put before, cut off at the end of the line. */
void screen_put(struct screen *screen, const char *text, size_t len);
void screen_put_line(struct screen *screen, int line, const char *text);
attr_t screen_tone(const struct screen *screen, int tone);
void screen_draw_columns(struct screen *screen, const struct table *table);
void screen_draw_help(struct screen *screen);
/* True when it has changed something. */
bool screen_take_columns_key(struct screen *screen, struct table *table, int key);

#endif
