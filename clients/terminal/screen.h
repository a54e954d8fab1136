/* The screen, by ncurses: draws what there is, takes keys, and says what the user
 * wants. Everything that it is given to draw is fit for a terminal already.
 * Thread: main. */
#ifndef PF_TERMINAL_SCREEN_H
#define PF_TERMINAL_SCREEN_H

#include "terminal/price_moves.h"
#include "terminal/table.h"

enum screen_wish {
    SCREEN_NOTHING,
    SCREEN_REDRAW,
    SCREEN_QUIT,
    SCREEN_PAUSE,   /* or to go on */
    SCREEN_CONNECT, /* now, instead of waiting */
};

struct screen_view {
    const json_t *data; /* NULL: nothing came yet */
    const struct price_moves *moves;
    const char *title, *connection;
    int connection_tone; /* 1: well, 0: so so, -1: bad */
    bool is_current;     /* data is what the server says now; else it is dim */
    int64_t now_ms;
};

struct screen;

/* INVALID: this terminal cannot, with why in *ret_error. */
PF_MUST_CHECK enum status screen_create(bool has_color, bool is_utf8, struct screen **ret_screen,
                                        const char **ret_error);
void screen_destroy(struct screen *screen);
/* The terminal has another size, or somebody else wrote to it. */
void screen_resize(struct screen *screen);
/* All keys that wait; several wishes become the strongest. */
enum screen_wish screen_take_keys(struct screen *screen, struct table *table);
void screen_draw(struct screen *screen, struct table *table, const struct screen_view *view);
/* Lets choose one of the portfolios, of which there is one at least; waits for keys. NULL:
 * none was chosen, or the terminal is gone. False: other_fd is readable; call again after that. */
bool screen_choose(struct screen *screen, const json_t *items, int other_fd, const json_t **ret_chosen);

#endif
