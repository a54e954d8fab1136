/* The program put together: what the follower wants is done with the stream, what it
 * shows goes to the output or the screen. Thread: main. */
#ifndef PF_TERMINAL_TOP_H
#define PF_TERMINAL_TOP_H

#include "terminal/options.h"

/* Until it is over; what the program ends with. */
enum exit_code top_run(struct options *options);

#endif
