/* `portfoliod key`: the files of KEY_DIR, by hand. Thread: main. */
#ifndef PF_APP_KEY_COMMAND_H
#define PF_APP_KEY_COMMAND_H

#include "ops/config.h"

/* argv: what follows `key`. The exit code: 0 done, 1 not done, 2 wrong usage. */
int key_command_run(const struct config *config, int argc, char *const *argv);

#endif
