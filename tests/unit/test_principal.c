/* Who sees and changes whose rows. links: pf_app pf_domain pf_base */
#include "app/principal.h"
#include "unit/test.h"

#include <string.h>

static struct uuid id_of(uint8_t byte) {
    struct uuid id;
    memset(id.bytes, byte, sizeof id.bytes);
    return id;
}

static struct principal *principal_of(enum role role) {
    struct uuid customers[] = {id_of(9), id_of(3), id_of(5)};
    struct principal values = {.role = role, .customer_id = id_of(7), .scopes = SCOPES_ALL, .expires_ms = INT64_MAX};
    struct principal *principal = NULL;
    if (role == ROLE_ADVISOR) {
        values.customers = customers;
        values.customers_n = 3;
    }
    assert_int_equal(principal_create(&values, &principal), STATUS_OK);
    return principal;
}

/* What each role sees and changes of customers 3, 5, 7, 9 and one that is nobody's. */
static void test_who_sees_and_changes_whose_rows(void **state) {
    (void)state;
    static const struct {
        enum role role;
        const char *sees, *changes; /* of the customers 3 5 7 9 8 */
    } rows[] = {{ROLE_ANONYMOUS, "-----", "-----"},
                {ROLE_USER, "--x--", "--x--"},
                {ROLE_ADVISOR, "xx-x-", "-----"},
                {ROLE_SERVICE, "xxxxx", "-----"},
                {ROLE_ADMIN, "xxxxx", "xxxxx"}};
    static const uint8_t customers[] = {3, 5, 7, 9, 8};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct principal *principal = principal_of(rows[i].role);
        for (size_t j = 0; j < sizeof customers; j++) {
            struct uuid id = id_of(customers[j]);
            assert_int_equal(principal_may_see_customer(principal, &id), rows[i].sees[j] == 'x');
            assert_int_equal(principal_may_change_customer(principal, &id), rows[i].changes[j] == 'x');
        }
        principal_unref(&principal);
        assert_null(principal);
    }
}

static void test_an_advisor_without_customers_sees_none(void **state) {
    (void)state;
    struct principal values = {.role = ROLE_ADVISOR};
    struct principal *principal = NULL;
    assert_int_equal(principal_create(&values, &principal), STATUS_OK);
    struct uuid nil = {{0}};
    assert_false(principal_may_see_customer(principal, &nil));
    struct principal *same = principal_ref(principal);
    principal_unref(&principal);
    assert_int_equal(same->references_n, 1);
    principal_unref(&same);
    principal_unref(&same);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_sees_and_changes_whose_rows),
        cmocka_unit_test(test_an_advisor_without_customers_sees_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
