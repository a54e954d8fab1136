/* Keeps the beginnings of packets. Thread: one. */
#include "carry.h"

#include <stdlib.h>
#include <string.h>

void carry_fini(struct carry *carry) {
    free(carry->bytes);
    *carry = (struct carry){0};
}

static void append(struct carry *carry, const char *bytes, size_t len) {
    if (carry->len + len > carry->capacity) {
        carry->capacity = (carry->len + len) * 2;
        carry->bytes = realloc(carry->bytes, carry->capacity);
        if (!carry->bytes)
            abort(); /* a bench without memory has no numbers to give */
    }
    memcpy(carry->bytes + carry->len, bytes, len);
    carry->len += len;
}

bool carry_read(struct carry *carry, const char *bytes, size_t len, carry_take *take, void *context) {
    if (carry->len == 0) {
        size_t taken = take(context, bytes, len);
        if (taken != CARRY_BROKEN && taken < len)
            append(carry, bytes + taken, len - taken);
        return taken != CARRY_BROKEN;
    }
    append(carry, bytes, len);
    size_t taken = take(context, carry->bytes, carry->len);
    if (taken == CARRY_BROKEN)
        return false;
    carry->len -= taken;
    if (carry->len == 0)
        carry_fini(carry);
    else if (taken)
        memmove(carry->bytes, carry->bytes + taken, carry->len);
    return true;
}

uint64_t carry_stamp(const char *bytes, size_t len) {
    uint64_t stamp = 0;
    for (size_t i = 0; i < len && bytes[i] >= '0' && bytes[i] <= '9'; i++)
        stamp = stamp * 10 + (uint64_t)(bytes[i] - '0');
    return stamp;
}
