/* The table of rights. links: pf_app pf_domain pf_base */
#include "app/access.h"
#include "unit/test.h"

#include <string.h>

static struct uuid id_of(uint8_t byte) {
    struct uuid id;
    memset(id.bytes, byte, sizeof id.bytes);
    return id;
}

static struct principal who(enum role role, unsigned scopes) {
    return (struct principal){.role = role, .customer_id = id_of(1), .scopes = scopes, .expires_ms = INT64_MAX};
}

static void test_what_names_no_rule_is_nobodys(void **state) {
    (void)state;
    struct access none = {0};
    for (enum role role = ROLE_ANONYMOUS; role < ROLE_N; role++) {
        struct principal principal = who(role, SCOPES_ALL);
        assert_int_not_equal(access_judge(none.rule, &principal), ACCESS_GRANTED);
        assert_false(access_covers(none.rule, &principal, &principal.customer_id));
    }
}

static void test_a_scope_is_needed_where_the_rule_has_one(void **state) {
    (void)state;
    static const struct {
        enum access_rule rule;
        unsigned needs; /* one of them; 0: none */
    } rows[] = {{ACCESS_PUBLIC, 0},
                {ACCESS_SELF, 0},
                {ACCESS_LOOK_UP, SCOPE_READ},
                {ACCESS_SEE, SCOPE_READ},
                {ACCESS_SUBSCRIBE, SCOPE_STREAM},
                {ACCESS_CHANGE, SCOPE_WRITE},
                {ACCESS_UPDATE_PRICES, SCOPE_WRITE | SCOPE_PRICES},
                {ACCESS_ADMINISTER, SCOPE_ADMINISTER},
                {ACCESS_PRICE, SCOPE_PRICES},
                {ACCESS_OPERATE, SCOPE_OPERATE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t bit = 0; bit < SCOPES_N; bit++) {
            struct principal principal = who(ROLE_ADMIN, 1U << bit);
            bool is_enough = !rows[i].needs || rows[i].needs & 1U << bit;
            assert_int_equal(access_judge(rows[i].rule, &principal),
                             is_enough ? ACCESS_GRANTED : ACCESS_FORBIDDEN_SCOPE);
        }
    }
}

static void test_a_key_does_not_make_more_of_itself(void **state) {
    (void)state;
    struct principal principal = who(ROLE_ADMIN, SCOPES_ALL);
    assert_int_equal(access_judge(ACCESS_LOGIN, &principal), ACCESS_GRANTED);
    assert_int_equal(access_judge(ACCESS_MANAGE, &principal), ACCESS_GRANTED);
    principal.is_api_key = true;
    assert_int_equal(access_judge(ACCESS_LOGIN, &principal), ACCESS_FORBIDDEN_KEY);
    assert_int_equal(access_judge(ACCESS_MANAGE, &principal), ACCESS_FORBIDDEN_KEY);
    assert_int_equal(access_judge(ACCESS_SELF, &principal), ACCESS_GRANTED);
}

static void test_how_far_it_reaches(void **state) {
    (void)state;
    struct uuid own = id_of(1), assigned = id_of(2), other = id_of(3);
    struct uuid customers[] = {id_of(2)};
    struct principal user = who(ROLE_USER, SCOPES_ALL), advisor = who(ROLE_ADVISOR, SCOPES_ALL);
    struct principal service = who(ROLE_SERVICE, SCOPES_ALL), admin = who(ROLE_ADMIN, SCOPES_ALL);
    struct principal anonymous = who(ROLE_ANONYMOUS, 0);
    advisor.customers = customers;
    advisor.customers_n = 1;
    static const enum access_rule rules[] = {ACCESS_SEE, ACCESS_SUBSCRIBE, ACCESS_CHANGE, ACCESS_ADMINISTER};
    static const char *const reaches[] = {/* user: own, other; advisor: assigned, other; service; admin; anonymous */
                                          "x-x-xx-", "x-x-xx-", "x----x-", "-----x-"};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        bool got[] = {access_covers(rules[i], &user, &own),         access_covers(rules[i], &user, &other),
                      access_covers(rules[i], &advisor, &assigned), access_covers(rules[i], &advisor, &own),
                      access_covers(rules[i], &service, &other),    access_covers(rules[i], &admin, &other),
                      access_covers(rules[i], &anonymous, &own)};
        for (size_t j = 0; j < sizeof got; j++)
            assert_int_equal(got[j], reaches[i][j] == 'x');
    }
    assert_true(access_is_scoped(ACCESS_SEE, &user) && access_is_scoped(ACCESS_SEE, &advisor));
    assert_false(access_is_scoped(ACCESS_SEE, &service) || access_is_scoped(ACCESS_CHANGE, &admin));
    assert_true(access_is_scoped(ACCESS_CHANGE, &service));
}

static void test_who_is_refused_how(void **state) {
    (void)state;
    struct principal anonymous = who(ROLE_ANONYMOUS, 0), user = who(ROLE_USER, SCOPES_ALL);
    assert_int_equal(access_judge(ACCESS_PUBLIC, &anonymous), ACCESS_GRANTED);
    assert_int_equal(access_judge(ACCESS_LOOK_UP, &anonymous), ACCESS_UNAUTHENTICATED);
    assert_int_equal(access_judge(ACCESS_OPERATE, &user), ACCESS_FORBIDDEN_ROLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_names_no_rule_is_nobodys),
        cmocka_unit_test(test_a_scope_is_needed_where_the_rule_has_one),
        cmocka_unit_test(test_a_key_does_not_make_more_of_itself),
        cmocka_unit_test(test_how_far_it_reaches),
        cmocka_unit_test(test_who_is_refused_how),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
