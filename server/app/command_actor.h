/* Who runs a command of portfoliod: what the audit log says of the changes it makes. Thread: main. */
#ifndef PF_APP_COMMAND_ACTOR_H
#define PF_APP_COMMAND_ACTOR_H

#include "ops/config.h"
#include "store/audit.h"

struct command_actor {
    char name[96]; /* "portfoliod import by root": the system's user */
    struct db_actor actor;
};

/* For everything that this connection does from now on; *it must live as long. */
void command_actor_set(struct command_actor *it, const char *command, struct db *db);

/* For a command that changes what is not in the database: its row of the audit log, if DATABASE_URL is set. That it
 * could not be written is said, no more: what was done is done. */
void command_audit(const struct config *config, const char *command, const struct audit_event *event);

#endif
