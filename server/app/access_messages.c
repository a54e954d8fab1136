/* The stream's rows of the table of rights. Refuses types that have none. Thread: any; pure. */
#include "app/access_messages.h"

static const struct message_row {
    const char *type;
    struct access access;
} messages[] = {
    [MESSAGE_SUBSCRIBE] = {"subscribe", {ACCESS_SUBSCRIBE, ACCESS_OF_PORTFOLIO}},
    [MESSAGE_UPDATE] = {"update", {ACCESS_SUBSCRIBE, ACCESS_OF_PORTFOLIO}},
    [MESSAGE_RESYNC] = {"resync", {ACCESS_SUBSCRIBE, ACCESS_OF_PORTFOLIO}},
    [MESSAGE_UNSUBSCRIBE] = {"unsubscribe", {ACCESS_SUBSCRIBE, ACCESS_OF_PORTFOLIO}},
    [MESSAGE_PING] = {"ping", {ACCESS_PUBLIC, ACCESS_OF_NONE}},
    [MESSAGE_AUTH] = {"auth", {ACCESS_PUBLIC, ACCESS_OF_NONE}},
};
#define MESSAGES_N (sizeof messages / sizeof messages[0])

struct access access_messages_find(enum message_type type) {
    return (size_t)type < MESSAGES_N ? messages[type].access : (struct access){ACCESS_NOBODY, ACCESS_OF_NONE};
}

void access_messages_print(FILE *out) {
    for (size_t i = 0; i < MESSAGES_N; i++)
        access_print(out, "MESSAGE", messages[i].type, messages[i].access);
}
