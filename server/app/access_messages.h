/* Which rule of app/access.h each message type of the stream names. Thread: any; pure. */
#ifndef PF_APP_ACCESS_MESSAGES_H
#define PF_APP_ACCESS_MESSAGES_H

#include "app/access.h"
#include "protocol/messages.h"

struct access access_messages_find(enum message_type type);
/* The rows of all types, as access_print does. */
void access_messages_print(FILE *out);

#endif
