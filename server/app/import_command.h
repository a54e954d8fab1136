/* `portfoliod import KIND FILE`: files into the database. Thread: main. */
#ifndef PF_APP_IMPORT_COMMAND_H
#define PF_APP_IMPORT_COMMAND_H

#include "ops/config.h"

/* argv: what stands after `import`. Prints its answer; returns the exit code. */
int import_command_run(const struct config *config, int argc, char *const *argv);

#endif
