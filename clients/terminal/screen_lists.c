/* The list of columns, the help, and the choice of a portfolio. Thread: main. */
#include "terminal/portfolios.h"
#include "terminal/screen_internal.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ESCAPE 27

static bool is_chosen(const struct table *table, enum table_column column) {
    for (size_t i = 0; i < table->columns_n; i++)
        if (table->columns[i] == column)
            return true;
    return false;
}

static void toggle(struct table *table, enum table_column column) {
    size_t kept_n = 0;
    if (!is_chosen(table, column)) {
        table->columns[table->columns_n++] = column;
        return;
    }
    if (table->columns_n == 1)
        return; /* something must be shown */
    for (size_t i = 0; i < table->columns_n; i++)
        if (table->columns[i] != column)
            table->columns[kept_n++] = table->columns[i];
    table->columns_n = kept_n;
}

bool screen_take_columns_key(struct screen *screen, struct table *table, int key) {
    switch (key) {
    case KEY_UP:
        screen->place = screen->place > 0 ? screen->place - 1 : TABLE_COLUMNS_N - 1;
        return true;
    case KEY_DOWN:
        screen->place = (screen->place + 1) % TABLE_COLUMNS_N;
        return true;
    case ' ':
        toggle(table, (enum table_column)screen->place);
        return true;
    case '\r':
    case '\n':
    case KEY_ENTER:
    case ESCAPE:
    case 'c':
    case 'q':
        screen->mode = SCREEN_MODE_TABLE;
        return true;
    default:
        return false;
    }
}

void screen_draw_columns(struct screen *screen, const struct table *table) {
    int room = getmaxy(stdscr) - screen->head_n - 1;
    size_t page_n = room > 0 ? (size_t)room : 0;
    size_t first = screen->place >= page_n && page_n > 0 ? screen->place - page_n + 1 : 0;
    (void)attron(A_BOLD);
    screen_put_line(screen, screen->head_n - 1, "Columns: up, down; space shows or hides; Enter");
    (void)attrset(A_NORMAL);
    for (size_t i = 0; i < page_n && first + i < TABLE_COLUMNS_N; i++) {
        enum table_column column = (enum table_column)(first + i);
        char text[80];
        (void)snprintf(text, sizeof text, "[%c] %-10s  %s", is_chosen(table, column) ? 'x' : ' ', table_heading(column),
                       table_name(column));
        (void)attrset(first + i == screen->place ? A_REVERSE : A_NORMAL);
        screen_put_line(screen, screen->head_n + (int)i, text);
    }
    (void)attrset(A_NORMAL);
}

void screen_draw_help(struct screen *screen) {
    static const char *const lines[] = {
        "up down PgUp PgDn Home End  move    left right  columns that do not fit",
        "<  >  sort by the next column to the left or right",
        "r     reverse the order",
        "/     show only tickers that contain what you type; Esc takes it back",
        "c     choose columns",
        "e     all digits, or rounded to cents",
        "p     pause; what comes meanwhile is shown afterwards",
        "n     connect now, instead of waiting",
        "q     quit",
        "",
        "Bold: the price has just moved, green up, red down. Dim, stale: nobody has confirmed",
        "it. All dim: paused, or not connected. Times are UTC. Any key goes back.",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0] && screen->head_n - 1 + (int)i < getmaxy(stdscr) - 1; i++)
        screen_put_line(screen, screen->head_n - 1 + (int)i, lines[i]);
}

/* --- the choice of a portfolio --- */

static size_t choice_page(void) {
    int room = getmaxy(stdscr) - 2;
    return room > 0 ? (size_t)room : 1;
}

static void draw_choice(struct screen *screen, const json_t *items, size_t place) {
    size_t page_n = choice_page(), first = place >= page_n ? place - page_n + 1 : 0;
    struct strbuf text;
    strbuf_init(&text);
    (void)erase();
    (void)attron(A_BOLD);
    screen_put_line(screen, 0, "Which portfolio? up, down, Enter; q quits");
    (void)attrset(A_NORMAL);
    for (size_t i = 0; i < page_n && first + i < json_array_size(items); i++) {
        strbuf_clear(&text);
        portfolios_describe(json_array_get(items, first + i), false, screen->is_utf8, &text);
        (void)attrset(first + i == place ? A_REVERSE : A_NORMAL);
        screen_put_line(screen, 2 + (int)i, strbuf_text(&text));
    }
    (void)attrset(A_NORMAL);
    (void)refresh();
    strbuf_fini(&text);
}

static size_t choice_move(size_t place, size_t n, int key) {
    size_t page_n = choice_page();
    switch (key) {
    case KEY_UP:
        return place > 0 ? place - 1 : 0;
    case KEY_DOWN:
        return place + 1 < n ? place + 1 : place;
    case KEY_PPAGE:
        return place > page_n ? place - page_n : 0;
    case KEY_NPAGE:
        return place + page_n < n ? place + page_n : n - 1;
    case KEY_HOME:
        return 0;
    case KEY_END:
        return n - 1;
    default:
        return place;
    }
}

bool screen_choose(struct screen *screen, const json_t *items, int other_fd, const json_t **ret_chosen) {
    struct pollfd files[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = other_fd, .events = POLLIN}};
    *ret_chosen = NULL;
    for (int key = 0;;) {
        draw_choice(screen, items, screen->choice);
        if (poll(files, 2, -1) < 0 || files[1].revents)
            return false;
        if (files[0].revents & (POLLHUP | POLLERR | POLLNVAL))
            return true;
        while ((key = getch()) != ERR) {
            if (key == '\r' || key == '\n' || key == KEY_ENTER)
                *ret_chosen = json_array_get(items, screen->choice);
            if (*ret_chosen || key == 'q' || key == ESCAPE)
                return true;
            screen->choice = choice_move(screen->choice, json_array_size(items), key);
        }
    }
}
