/* The dialects by name. A new one: its declaration and its row. */
#include "dialect.h"

#include <string.h>

extern const struct dialect dialect_portfolio, dialect_plain, dialect_nats, dialect_mqtt;

static const struct dialect *const dialects[] = {&dialect_portfolio, &dialect_plain, &dialect_nats, &dialect_mqtt};

const struct dialect *dialect_find(const char *name) {
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++)
        if (strcmp(dialects[i]->name, name) == 0)
            return dialects[i];
    return NULL;
}
