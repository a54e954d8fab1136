/* What each C test includes: cmocka with the headers it wants first, in the
 * order it wants them, and the checks that cmocka has not. */
#ifndef PF_TESTS_UNIT_TEST_H
#define PF_TESTS_UNIT_TEST_H

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* A check in a row of a table: says in which. */
#define assert_row(condition, row_name)                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg("row \"%s\": %s does not hold", (row_name), #condition);                                          \
    } while (0)

#endif
