/* What kind of terminal standard output is. Thread: main. */
#ifndef PF_TERMINAL_TERMINFO_H
#define PF_TERMINAL_TERMINFO_H

#include <stdbool.h>

/* Can a screen be drawn there? Not on TERM=dumb, or one that nobody knows. */
bool terminfo_has_screen(void);
/* Does it know the eight colours of SGR? */
bool terminfo_has_color(void);

#endif
