/* `portfoliod publish`: prices by hand, from arguments or standard input.
 * Thread: main. */
#ifndef PF_FEED_PUBLISH_COMMAND_H
#define PF_FEED_PUBLISH_COMMAND_H

#include "ops/config.h"

/* argv: what follows "publish". Prints one line for each price argument or line
 * of input, `ok SEQ` or `error REASON`. Returns the exit code: 0, 1 when
 * something was not published, 2 for a wrong call. */
int publish_command_run(const struct config *config, int argc, char *const *argv);

#endif
