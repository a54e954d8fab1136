/* Names the system's user who runs a command. Thread: main. */
#include "app/command_actor.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

void command_actor_set(struct command_actor *it, const char *command, struct db *db) {
    const struct passwd *user = getpwuid(getuid());
    if (user)
        (void)snprintf(it->name, sizeof it->name, "portfoliod %s by %.40s", command, user->pw_name);
    else
        (void)snprintf(it->name, sizeof it->name, "portfoliod %s by uid %u", command, (unsigned)getuid());
    it->actor = (struct db_actor){.name = it->name};
    db_set_actor(db, &it->actor);
}

static enum status event_write(const struct config *config, const char *command, const struct audit_event *event) {
    struct db *db = NULL;
    struct command_actor actor;
    struct db_config db_config = {
        .name = command, .database_url = config->database_url, .statement_timeout_ms = config->statement_timeout_ms};
    enum status status = db_create(&db_config, &db);
    if (status != STATUS_OK)
        return status;
    status = db_ready(db);
    command_actor_set(&actor, command, db);
    if (status == STATUS_OK)
        status = audit_write(db, event);
    db_destroy(&db);
    return status;
}

void command_audit(const struct config *config, const char *command, const struct audit_event *event) {
    enum status status = config->database_url[0] ? event_write(config, command, event) : STATUS_OK;
    if (status != STATUS_OK)
        (void)fprintf(stderr, "portfoliod: %s: done, but the audit log does not have it: %s\n", command,
                      status_name(status));
}
