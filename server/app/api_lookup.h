/* What is looked up before a request is refused for what is wrong with it: the id
 * in its path, unknown: 404 whatever else is wrong; and the id in its body, so that
 * one answer names all bad fields. Thread: L. */
#ifndef PF_APP_API_LOOKUP_H
#define PF_APP_API_LOOKUP_H

#include "base/uuid.h"

#include <stdbool.h>

struct api_call;
struct db;
struct db_rows;
struct form;
struct symbol;

struct api_lookup {
    const char *noun;            /* of the id in the path; NULL: there is none */
    const struct symbol *symbol; /* of an asset in the path, in its place; NULL: there is none */
    /* Of an id in the body: */
    const char *field; /* NULL: there is none */
    const char *field_noun;
    struct uuid field_id;
    bool is_other; /* set by the work */
};

/* An id in the body: unknown, or, of what the path names, not that of its parent,
 * it is told with the other bad fields. */
void api_lookup_note(struct api_call *call, const char *field, const char *noun, const struct uuid *id);
/* An id in the body that may be there, but only as it is in the path. */
void api_lookup_own_id(struct api_call *call, const struct form *form, const char *field);

/* Sends call->problem, or 404. The call is gone then. */
void api_lookup_refuse(struct api_call *call);

#endif
