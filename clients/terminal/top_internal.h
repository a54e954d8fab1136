/* What the program's files share: top.c, the loop and its events; top_start.c, what
 * comes before it; top_view.c, what is printed and shown. Thread: main. */
#ifndef PF_TERMINAL_TOP_INTERNAL_H
#define PF_TERMINAL_TOP_INTERNAL_H

#include "terminal/credential.h"
#include "terminal/follower.h"
#include "terminal/price_moves.h"
#include "terminal/resolver.h"
#include "terminal/screen.h"
#include "terminal/stream.h"
#include "terminal/top.h"

#define TOP_FAREWELL_MAX 1000

struct top {
    struct options *options;
    struct job *job;
    struct credential *credential;
    struct resolver *resolver;
    struct stream *stream;
    struct follower *follower;
    struct watch *watch; /* the follower's */
    int events_fd, signals_fd, timer_fd;
    int64_t give_up_at_ms; /* of --once; INT64_MAX: never */
    bool has_color, is_utf8;
    bool is_over;
    enum exit_code code;
    /* the screen; NULL: there is none */
    struct screen *screen;
    struct price_moves moves;
    json_t *paused; /* what is shown while it pauses; NULL: it does not */
    char paused_as_of[TIMESTAMP_TEXT_LEN + 1];
    bool is_dirty, is_counting; /* seconds, on the screen */
    int64_t drawn_at_ms;
    int64_t lag_ms;                  /* from the server's valuation to our screen; -1: not known */
    char farewell[TOP_FAREWELL_MAX]; /* what to say when the screen is gone */
};

/* From now on signals wait until they are taken. */
void top_take_over_signals(void);
void top_take_signals(struct top *top);
/* Those that end the program, while it writes to somebody who may not read: as they end others. */
void top_hold_signals(bool are_held);
void top_finish(struct top *top, enum exit_code code);
/* For people, on standard error, at once or when the screen is gone. detail (NULL:
 * none) may be the server's: it is made harmless. */
void top_complain(struct top *top, const char *text, const char *detail);

/* Login, the portfolio to watch: what needs no stream. False: it is over. */
bool top_start(struct top *top);

/* After writing to standard output; errno: why it was IO. */
void top_check_written(struct top *top, enum status status);
/* What came of a frame, to the output or the screen. */
void top_show(struct top *top, struct watch *watch, enum watch_result result);
/* Draws if something has changed and the last time was long enough ago; when the screen
 * has to be drawn next. INT64_MAX: when something changes. */
int64_t top_draw(struct top *top);
void top_take_keys(struct top *top);

#endif
