/* `portfoliod user …` and `portfoliod token EMAIL`: users from the command line.
 * Thread: main. */
#ifndef PF_APP_USER_COMMAND_H
#define PF_APP_USER_COMMAND_H

#include "ops/config.h"

/* argv: what stands after `user`, or `token`. Prints its answer; returns the exit code. */
int user_command_run(const struct config *config, int argc, char *const *argv);
int token_command_run(const struct config *config, int argc, char *const *argv);

#endif
