/* `portfoliod audit`: verify and list the audit log. Thread: main. */
#ifndef PF_APP_AUDIT_COMMAND_H
#define PF_APP_AUDIT_COMMAND_H

#include "ops/config.h"

/* The arguments behind `audit`. The exit code: 0 good, 1 the log is not as it was written, 2 wrong usage, 3 it
 * could not be looked at to its end. */
int audit_command_run(const struct config *config, int argc, char *const *argv);

#endif
