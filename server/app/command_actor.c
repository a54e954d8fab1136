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
