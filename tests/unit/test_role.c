/* Names of roles and scopes. links: pf_domain pf_base */
#include "domain/role.h"
#include "unit/test.h"

#include <string.h>

static void test_each_role_is_known_by_its_name(void **state) {
    (void)state;
    for (int role = ROLE_USER; role < ROLE_N; role++) {
        const char *text = role_text((enum role)role);
        enum role read = ROLE_ANONYMOUS;
        assert_int_equal(role_parse(text, strlen(text), &read), STATUS_OK);
        assert_int_equal(read, role);
    }
}

static void test_nobody_is_made_anonymous_or_something_else(void **state) {
    (void)state;
    enum role role = ROLE_USER;
    static const char *const texts[] = {"anonymous", "", "Admin", "admin ", "root", "use"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(role_parse(texts[i], strlen(texts[i]), &role), STATUS_INVALID);
    assert_int_equal(role, ROLE_USER);
}

static void test_each_scope_is_known_by_its_name(void **state) {
    (void)state;
    unsigned all = 0;
    for (unsigned i = 0; i < SCOPES_N; i++) {
        const char *text = scope_text((enum scope)(1U << i));
        enum scope read = SCOPE_READ;
        assert_int_equal(scope_parse(text, strlen(text), &read), STATUS_OK);
        assert_int_equal(read, 1U << i);
        all |= (unsigned)read;
    }
    assert_int_equal(all, SCOPES_ALL);
    enum scope scope;
    assert_int_equal(scope_parse("reads", 5, &scope), STATUS_INVALID);
    char texts[SCOPES_TEXT_MAX];
    scope_texts_write(texts);
    assert_string_equal(texts, "read, write, stream, prices, operate, administer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_role_is_known_by_its_name),
        cmocka_unit_test(test_nobody_is_made_anonymous_or_something_else),
        cmocka_unit_test(test_each_scope_is_known_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
