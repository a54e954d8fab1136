/* Apart from the screen: term.h takes words like `columns` and `lines` away.
 * Thread: main. */
#include "terminal/terminfo.h"

#include <curses.h>
#include <stdint.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

bool terminfo_has_color(void) {
    int error = 0;
    if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
        return false;
    bool has_color = tigetnum("colors") >= 8;
    (void)del_curterm(cur_term);
    return has_color;
}

bool terminfo_has_screen(void) {
    int error = 0;
    if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
        return false;
    const char *movement = tigetstr("cup");
    bool has_screen = movement && (intptr_t)movement != -1;
    (void)del_curterm(cur_term);
    return has_screen;
}
