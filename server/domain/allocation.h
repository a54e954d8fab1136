/* Shares of a whole that add up to it. Thread: any; pure. */
#ifndef PF_DOMAIN_ALLOCATION_H
#define PF_DOMAIN_ALLOCATION_H

#include "base/decimal.h"

#include <stddef.h>

/* The weight of each value in their sum, with six decimals: all are rounded
 * down, and the millionths that are left over go to those that lost most, the
 * first of equal ones first. So the weights add up to exactly 1, and each is
 * less than a millionth off. Values may be negative (cash that is owed): then
 * others weigh more than 1. STATUS_NOT_FOUND: the sum is not above 0, there are
 * no shares of it. STATUS_NO_MEMORY. n <= 1,000,000. */
PF_MUST_CHECK enum status allocation_weigh(const struct amount *values, size_t n, struct amount *ret_weights);

#endif
