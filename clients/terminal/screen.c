/* Draws whole screens into ncurses' memory, which sends the terminal what differs.
 * Thread: main. */
#include "terminal/screen.h"

#include "terminal/safe_text.h"
#include "terminal/screen_internal.h"
#include "terminal/summary.h"
#include "terminal/terminfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TOTALS_LINE 1
#define FOOT_LINES 1
#define ROWS_LEAST 4 /* below that, totals take one line and are cut off */
#define STALE " stale"
#define STALE_COLUMNS 6
#define KEYS_AT_ONCE 200
#define ESCAPE 27
#define BACKSPACE 8
#define DELETE 127
#define CONTROL_L 12

/* --- begin and end --- */

static void begin_colors(struct screen *screen) {
    if (!screen->has_color || !has_colors() || start_color() == ERR) {
        screen->has_color = false;
        return;
    }
    short background = use_default_colors() == OK ? -1 : COLOR_BLACK;
    (void)init_pair(SCREEN_PAIR_GAIN, COLOR_GREEN, background);
    (void)init_pair(SCREEN_PAIR_LOSS, COLOR_RED, background);
    (void)init_pair(SCREEN_PAIR_WARNING, COLOR_YELLOW, background);
}

enum status screen_create(bool has_color, bool is_utf8, struct screen **ret_screen, const char **ret_error) {
    struct screen *screen = calloc(1, sizeof *screen);
    if (!screen)
        return STATUS_NO_MEMORY;
    *ret_error = "this terminal cannot show a screen (TERM): use --once or --json";
    screen->terminal = terminfo_has_screen() ? newterm(NULL, stdout, stdin) : NULL;
    if (!screen->terminal) {
        free(screen);
        return STATUS_INVALID;
    }
    screen->has_color = has_color;
    screen->is_utf8 = is_utf8;
    (void)cbreak();
    (void)noecho();
    (void)nonl();
    (void)curs_set(0);
    (void)keypad(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)set_escdelay(50);
    begin_colors(screen);
    *ret_screen = screen;
    return STATUS_OK;
}

void screen_destroy(struct screen *screen) {
    /* What is said last must not stand among the keys, where the screen stays. */
    (void)move(getmaxy(stdscr) - 1, 0);
    (void)clrtoeol();
    (void)refresh();
    (void)curs_set(1);
    (void)endwin();
    delscreen(screen->terminal);
    strbuf_fini(&screen->text);
    free(screen);
}

void screen_resize(struct screen *screen) {
    struct winsize size;
    memset(screen->widths, 0, sizeof screen->widths);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        (void)resizeterm(size.ws_row, size.ws_col);
    (void)clearok(stdscr, TRUE);
}

/* --- drawing --- */

attr_t screen_tone(const struct screen *screen, int tone) {
    if (!screen->has_color || tone == 0)
        return A_NORMAL;
    return tone > 0 ? COLOR_PAIR(SCREEN_PAIR_GAIN) : COLOR_PAIR(SCREEN_PAIR_LOSS);
}

void screen_put(struct screen *screen, const char *text, size_t len) {
    int room = screen->right - screen->column;
    if (room <= 0 || len == 0)
        return;
    strbuf_clear(&screen->text);
    size_t columns = safe_text_append(&screen->text, text, len, (size_t)room, screen->is_utf8);
    if (screen->text.len > 0)
        (void)mvaddnstr(screen->line, screen->column, screen->text.data, (int)screen->text.len);
    screen->column += (int)columns;
}

void screen_at(struct screen *screen, int line) {
    screen->line = line;
    screen->column = 0;
    screen->right = getmaxx(stdscr);
}

void screen_put_line(struct screen *screen, int line, const char *text) {
    screen_at(screen, line);
    screen_put(screen, text, strlen(text));
}

static void put_spaces(struct screen *screen, size_t n) {
    static const char spaces[] = "                                                                ";
    for (size_t part; n > 0; n -= part) {
        part = n < sizeof spaces - 1 ? n : sizeof spaces - 1;
        screen_put(screen, spaces, part);
    }
}

/* Those that do not fit go to the next line, while that leaves room for rows. Returns how many lines there are. */
static int draw_totals(struct screen *screen, const struct table *table, const json_t *data) {
    struct summary_part parts[SUMMARY_PARTS_MAX];
    size_t n = summary_parts(data, table->is_exact, parts);
    int line = TOTALS_LINE;
    screen_at(screen, line);
    for (size_t i = 0; i < n; i++) {
        int columns = 2 + (int)strlen(parts[i].heading) + 1 + (int)strlen(parts[i].text);
        if (screen->column > 0 && screen->column + columns > screen->right &&
            line + 2 + ROWS_LEAST + FOOT_LINES < getmaxy(stdscr))
            screen_at(screen, ++line);
        if (screen->column > 0)
            put_spaces(screen, 2);
        screen_put(screen, parts[i].heading, strlen(parts[i].heading));
        put_spaces(screen, 1);
        (void)attron(A_BOLD | screen_tone(screen, parts[i].tone));
        screen_put(screen, parts[i].text, strlen(parts[i].text));
        (void)attrset(A_NORMAL);
    }
    return line - TOTALS_LINE + 1;
}

static void draw_title(struct screen *screen, const struct table *table, const struct screen_view *view) {
    char text[100];
    (void)attron(A_BOLD);
    screen_put_line(screen, 0, view->title);
    (void)attrset(A_NORMAL);
    if (!view->data || table->has_no_rows)
        return;
    (void)snprintf(text, sizeof text, "  %zu of %zu positions%s%s", table->rows_n, table->positions_n,
                   table->filter[0] ? "  filter " : "", table->filter);
    screen_put(screen, text, strlen(text));
}

static void draw_connection(struct screen *screen, int line, const struct screen_view *view) {
    bool is_bad = view->connection_tone < 0 && screen->has_color;
    (void)attron(is_bad ? COLOR_PAIR(SCREEN_PAIR_WARNING) : screen_tone(screen, view->connection_tone));
    screen_put_line(screen, line, view->connection);
    (void)attrset(A_NORMAL);
}

/* --- columns --- */

/* The ticker stays at the left while the others are scrolled away. */
static size_t first_place(const struct screen *screen, const struct table *table) {
    return table->columns[0] == TABLE_SYMBOL ? 0 : screen->skipped_n;
}

static size_t place_after(const struct screen *screen, const struct table *table, size_t place) {
    return place + 1 + (place == 0 && table->columns[0] == TABLE_SYMBOL ? screen->skipped_n : 0);
}

/* One stays, however many were chosen or taken away meanwhile. */
static void limit_skipping(struct screen *screen, const struct table *table) {
    size_t scrolled_n = table->columns_n - (table->columns[0] == TABLE_SYMBOL);
    if (screen->skipped_n >= scrolled_n)
        screen->skipped_n = scrolled_n > 0 ? scrolled_n - 1 : 0;
}

/* The cell's text in its column, with the space between columns. */
static void put_cell(struct screen *screen, const struct table *table, size_t place, const struct strbuf *cell,
                     attr_t attribute) {
    enum table_column column = table->columns[place];
    size_t width = safe_text_width(cell->data, cell->len);
    if (width > screen->widths[column])
        screen->widths[column] = width;
    size_t room = screen->widths[column] - width;
    if (table_is_number(column))
        put_spaces(screen, room);
    (void)attron(attribute);
    screen_put(screen, cell->data ? cell->data : "", cell->len);
    (void)attroff(attribute);
    if (!table_is_number(column))
        put_spaces(screen, room);
    put_spaces(screen, 2);
}

static void draw_headings(struct screen *screen, const struct table *table, int line) {
    struct strbuf cell;
    strbuf_init(&cell);
    screen_at(screen, line);
    (void)attron(A_REVERSE);
    for (size_t i = first_place(screen, table); i < table->columns_n; i = place_after(screen, table, i)) {
        bool is_sorted = table->columns[i] == table->sort;
        strbuf_clear(&cell);
        strbuf_append_text(&cell, table_heading(table->columns[i]));
        if (is_sorted)
            strbuf_append_char(&cell, table->is_descending ? 'v' : '^');
        put_cell(screen, table, i, &cell, is_sorted ? A_BOLD : A_NORMAL);
    }
    put_spaces(screen, (size_t)(screen->right > screen->column ? screen->right - screen->column : 0));
    (void)attrset(A_NORMAL);
    strbuf_fini(&cell);
}

static attr_t row_attributes(const struct screen_view *view, int moved, bool is_stale) {
    return moved != 0 ? A_BOLD : is_stale || !view->is_current ? A_DIM : A_NORMAL;
}

/* Dim has no colours: some terminals show only one of the two. That a row is stale must be read wherever the line ends:
 * its cells make room for the word. */
static void draw_row(struct screen *screen, const struct table *table, const struct table_row *row, int line,
                     const struct screen_view *view) {
    struct strbuf cell;
    int moved = view->is_current ? price_moves_of(view->moves, row->ticker, view->now_ms) : 0;
    bool is_stale = table_is_stale(row);
    attr_t attributes = row_attributes(view, moved, is_stale);
    strbuf_init(&cell);
    screen_at(screen, line);
    if (is_stale && screen->right > 2 * STALE_COLUMNS)
        screen->right -= STALE_COLUMNS;
    for (size_t i = first_place(screen, table); i < table->columns_n; i = place_after(screen, table, i)) {
        enum table_column column = table->columns[i];
        int tone = column == TABLE_PRICE ? moved : attributes == A_DIM ? 0 : table_tone(row, column);
        strbuf_clear(&cell);
        table_cell(table, row, column, screen->is_utf8, &cell);
        put_cell(screen, table, i, &cell, screen_tone(screen, tone) | attributes);
    }
    screen->right = getmaxx(stdscr);
    if (is_stale)
        screen_put(screen, STALE, STALE_COLUMNS);
    strbuf_fini(&cell);
}

/* Widths grow while rows are measured: first measure, then draw, so that columns stand straight. */
static void measure(struct screen *screen, const struct table *table) {
    struct strbuf cell;
    strbuf_init(&cell);
    for (size_t i = first_place(screen, table); i < table->columns_n; i = place_after(screen, table, i)) {
        enum table_column column = table->columns[i];
        size_t width = strlen(table_heading(column)) + 1;
        if (width > screen->widths[column])
            screen->widths[column] = width;
        for (size_t r = screen->first; r < table->rows_n && r < screen->first + screen->page_n; r++) {
            strbuf_clear(&cell);
            table_cell(table, &table->rows[r], column, screen->is_utf8, &cell);
            width = safe_text_width(cell.data, cell.len);
            if (width > screen->widths[column])
                screen->widths[column] = width;
        }
    }
    strbuf_fini(&cell);
}

static void draw_foot(struct screen *screen, const struct table *table) {
    char text[100];
    int line = getmaxy(stdscr) - 1;
    if (screen->mode == SCREEN_MODE_FILTER) {
        (void)snprintf(text, sizeof text, "Filter: %s_", table->filter);
        screen_put_line(screen, line, text);
    } else {
        (void)attron(A_DIM);
        screen_put_line(screen, line, "q quit  < > sort  r reverse  / filter  c columns  e digits  p pause  h help");
        (void)attrset(A_NORMAL);
    }
}

static void draw_rows(struct screen *screen, const struct table *table, const struct screen_view *view) {
    limit_skipping(screen, table);
    measure(screen, table);
    draw_headings(screen, table, screen->head_n - 1);
    for (size_t i = 0; i < screen->page_n && screen->first + i < table->rows_n; i++)
        draw_row(screen, table, &table->rows[screen->first + i], screen->head_n + (int)i, view);
}

void screen_draw(struct screen *screen, struct table *table, const struct screen_view *view) {
    int lines = getmaxy(stdscr);
    (void)erase();
    draw_title(screen, table, view);
    int connection_line = TOTALS_LINE + draw_totals(screen, table, view->data);
    draw_connection(screen, connection_line, view);
    screen->head_n = connection_line + 2;
    screen->page_n = lines > screen->head_n + FOOT_LINES ? (size_t)(lines - screen->head_n - FOOT_LINES) : 0;
    if (screen->first + screen->page_n > table->rows_n)
        screen->first = table->rows_n > screen->page_n ? table->rows_n - screen->page_n : 0;
    if (screen->mode == SCREEN_MODE_HELP)
        screen_draw_help(screen);
    else if (screen->mode == SCREEN_MODE_COLUMNS)
        screen_draw_columns(screen, table);
    else if (!table->has_no_rows)
        draw_rows(screen, table, view);
    draw_foot(screen, table);
    (void)refresh();
}

/* --- keys --- */

static void scroll_by(struct screen *screen, bool is_down, size_t n) {
    if (is_down)
        screen->first += n; /* drawing keeps it within the rows */
    else
        screen->first = screen->first > n ? screen->first - n : 0;
}

/* Sorts by the column that stands beside the present one. */
static void sort_beside(struct table *table, int step) {
    size_t at = 0;
    while (at < table->columns_n && table->columns[at] != table->sort)
        at++;
    if (at == table->columns_n)
        at = step > 0 ? table->columns_n - 1 : 0; /* sorted by one that is not shown */
    else if (step > 0)
        at = at + 1 < table->columns_n ? at + 1 : at;
    else
        at = at > 0 ? at - 1 : 0;
    table->sort = table->columns[at];
    table->is_descending = table_is_number(table->sort);
}

static void take_filter_key(struct screen *screen, struct table *table, int key) {
    size_t len = strlen(table->filter);
    if (key == '\r' || key == '\n' || key == KEY_ENTER || key == ESCAPE) {
        screen->mode = SCREEN_MODE_TABLE;
        if (key == ESCAPE)
            table->filter[0] = '\0';
    } else if ((key == KEY_BACKSPACE || key == BACKSPACE || key == DELETE) && len > 0) {
        table->filter[len - 1] = '\0';
    } else if (key > ' ' && key < DELETE && len < TABLE_FILTER_MAX) {
        table->filter[len] = (char)key;
        table->filter[len + 1] = '\0';
    }
    screen->first = 0;
}

static enum screen_wish take_table_key(struct screen *screen, struct table *table, int key) {
    switch (key) {
    case 'q':
        return SCREEN_QUIT;
    case 'p':
        return SCREEN_PAUSE;
    case 'n':
        return SCREEN_CONNECT;
    case KEY_UP:
    case KEY_DOWN:
        scroll_by(screen, key == KEY_DOWN, 1);
        break;
    case KEY_PPAGE:
    case KEY_NPAGE:
        scroll_by(screen, key == KEY_NPAGE, screen->page_n);
        break;
    case KEY_LEFT:
    case KEY_RIGHT:
        if (key == KEY_RIGHT)
            screen->skipped_n++; /* drawing keeps it within the columns */
        else if (screen->skipped_n > 0)
            screen->skipped_n--;
        break;
    case KEY_HOME:
    case KEY_END:
        screen->first = key == KEY_HOME ? 0 : table->rows_n;
        break;
    case '<':
    case '>':
        sort_beside(table, key == '>' ? 1 : -1);
        break;
    case 'r':
        table->is_descending = !table->is_descending;
        break;
    case 'e':
        table->is_exact = !table->is_exact;
        memset(screen->widths, 0, sizeof screen->widths);
        break;
    case '/':
        screen->mode = SCREEN_MODE_FILTER;
        break;
    case 'c':
        screen->mode = SCREEN_MODE_COLUMNS;
        break;
    case 'h':
    case '?':
        screen->mode = SCREEN_MODE_HELP;
        break;
    default:
        return SCREEN_NOTHING;
    }
    return SCREEN_REDRAW;
}

static enum screen_wish take_key(struct screen *screen, struct table *table, int key) {
    if (key == KEY_RESIZE) /* screen_resize itself puts this one before all keys of the user */
        return SCREEN_REDRAW;
    if (key == CONTROL_L) {
        screen_resize(screen);
        return SCREEN_REDRAW;
    }
    switch (screen->mode) {
    case SCREEN_MODE_FILTER:
        take_filter_key(screen, table, key);
        return SCREEN_REDRAW;
    case SCREEN_MODE_COLUMNS:
        (void)screen_take_columns_key(screen, table, key);
        return SCREEN_REDRAW;
    case SCREEN_MODE_HELP:
        screen->mode = SCREEN_MODE_TABLE;
        return SCREEN_REDRAW;
    default:
        return take_table_key(screen, table, key);
    }
}

enum screen_wish screen_take_keys(struct screen *screen, struct table *table) {
    enum screen_wish strongest = SCREEN_NOTHING;
    for (unsigned n = 0; n < KEYS_AT_ONCE && strongest != SCREEN_QUIT; n++) {
        int key = getch();
        if (key == ERR)
            break;
        enum screen_wish wish = take_key(screen, table, key);
        if (wish == SCREEN_PAUSE && strongest == SCREEN_PAUSE)
            strongest = SCREEN_REDRAW; /* twice is not at all */
        else if (wish > SCREEN_REDRAW || strongest == SCREEN_NOTHING)
            strongest = wish;
    }
    return strongest;
}
