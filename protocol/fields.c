/* The table of field names. Thread: any. */
#include "protocol/fields.h"

#include <string.h>

static const char *const field_names[FIELDS_N] = {
#define X(id, name, in_position, in_totals) [FIELD_INDEX_##id] = (name),
    PF_FIELDS(X)
#undef X
};

enum status field_find(const char *name, size_t len, field_mask *ret_bit) {
    for (unsigned i = 0; i < FIELDS_N; i++) {
        if (strlen(field_names[i]) == len && memcmp(field_names[i], name, len) == 0) {
            *ret_bit = 1u << i;
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

const char *field_name(enum field_index index) {
    return field_names[index];
}
