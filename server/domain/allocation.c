/* Largest remainders, exact in 128 bits. Thread: any; pure. */
#include "domain/allocation.h"

#include <stdlib.h>

#define MILLION 1000000
/* A value of so many bits leaves room for times a million, and for a sum of a million. */
#define VALUE_BITS_MAX 98

struct share {
    int128 remainder;
    size_t index;
};

static int share_compare(const void *a_pointer, const void *b_pointer) {
    const struct share *a = a_pointer, *b = b_pointer;
    if (a->remainder != b->remainder)
        return a->remainder > b->remainder ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* By how many bits all values are made smaller, so that they leave that room. */
static unsigned shift_needed(const struct amount *values, size_t n) {
    unsigned shift = 0;
    for (size_t i = 0; i < n; i++) {
        int128 value = values[i].e8 < 0 ? ~values[i].e8 : values[i].e8;
        while (value >> shift >> VALUE_BITS_MAX)
            shift++;
    }
    return shift;
}

static int128 divide_down(int128 dividend, int128 divisor) {
    int128 quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

enum status allocation_weigh(const struct amount *values, size_t n, struct amount *ret_weights) {
    unsigned shift = shift_needed(values, n);
    int128 total = 0, remainders = 0;
    for (size_t i = 0; i < n; i++)
        total += values[i].e8 >> shift;
    if (total <= 0)
        return STATUS_NOT_FOUND;
    struct share *shares = calloc(n, sizeof *shares);
    if (!shares)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        int128 part = (values[i].e8 >> shift) * MILLION;
        int128 weight = divide_down(part, total);
        shares[i] = (struct share){.remainder = part - weight * total, .index = i};
        remainders += shares[i].remainder;
        ret_weights[i].e8 = weight * (DECIMAL_ONE / MILLION);
    }
    /* The parts add up to a million times the total, so what is left over is whole. */
    qsort(shares, n, sizeof *shares, share_compare);
    for (size_t i = 0; i < (size_t)(remainders / total); i++)
        ret_weights[shares[i].index].e8 += DECIMAL_ONE / MILLION;
    free(shares);
    return STATUS_OK;
}
