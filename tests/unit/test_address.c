/* links: pf_base */
/* Addresses and lists of networks. */
#include "base/address.h"
#include "test.h"

static struct address parsed(const char *text) {
    struct address address;
    assert_int_equal(address_parse(text, strlen(text), &address), STATUS_OK);
    return address;
}

static void test_what_is_an_address(void **state) {
    (void)state;
    static const struct {
        const char *text, *written; /* NULL: it is none */
    } rows[] = {
        {"127.0.0.1", "127.0.0.1"},
        {"::ffff:127.0.0.1", "127.0.0.1"},
        {"::1", "::1"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"fe80::1%eth0", "fe80::1"},
        {"", NULL},
        {"127.0.0.1 ", NULL},
        {" 127.0.0.1", NULL},
        {"127.0.0.1:80", NULL},
        {"[::1]", NULL},
        {"127.1", NULL},
        {"0x7f.0.0.1", NULL},
        {"256.0.0.1", NULL},
        {"localhost", NULL},
        {"unknown", NULL},
        {"%eth0", NULL},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address address;
        char text[ADDRESS_TEXT_MAX];
        enum status status = address_parse(rows[i].text, strlen(rows[i].text), &address);
        assert_row((status == STATUS_OK) == (rows[i].written != NULL), rows[i].text);
        if (status != STATUS_OK)
            continue;
        address_write(text, &address);
        assert_string_equal(text, rows[i].written);
    }
    struct address address;
    assert_int_equal(address_parse("1.2.3.4\0.5", 10, &address), STATUS_INVALID);
}

static void test_a_site_is_an_ipv4_address_or_a_64(void **state) {
    (void)state;
    struct address a = parsed("2001:db8:1:2:3:4:5:6"), b = parsed("2001:db8:1:2::9"), c = parsed("2001:db8:1:3::9");
    struct address site_a = address_site(&a), site_b = address_site(&b), site_c = address_site(&c);
    assert_true(address_equals(&site_a, &site_b));
    assert_false(address_equals(&site_a, &site_c));
    struct address d = parsed("10.0.0.1"), e = parsed("10.0.0.2");
    struct address site_d = address_site(&d), site_e = address_site(&e);
    assert_false(address_equals(&site_d, &site_e));
    assert_true(address_equals(&site_d, &d));
}

static void test_who_is_in_a_list(void **state) {
    (void)state;
    static const struct {
        const char *list, *address;
        bool is_in;
    } rows[] = {
        {"", "127.0.0.1", false},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "::ffff:127.0.0.1", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"10.0.0.0/8", "10.255.1.2", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.77/9", "10.127.0.1", true},
        {"10.0.0.0/9", "10.128.0.1", false},
        {"0.0.0.0/0", "9.9.9.9", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "9.9.9.9", true},
        {"::1, fd00::/8", "fd12::1", true},
        {"::1,\tfd00::/8 , 1.2.3.4", "1.2.3.4", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address_list list;
        char error[200];
        struct address address = parsed(rows[i].address);
        assert_int_equal(address_list_parse(rows[i].list, &list, error, sizeof error), STATUS_OK);
        assert_row(address_list_has(&list, &address) == rows[i].is_in, rows[i].list);
    }
}

static void test_what_is_no_list(void **state) {
    (void)state;
    static const char *const rows[] = {
        "10.0.0.0/33",  "::/129",        "10.0.0.0/",       "10.0.0.0/-1", "10.0.0.0/0008",
        "10.0.0.0/8/8", "proxy.example", "1.2.3.4;5.6.7.8", "/8",          "10.0.0.0/8 x"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address_list list = {.n = 77};
        char error[200] = "";
        assert_row(address_list_parse(rows[i], &list, error, sizeof error) == STATUS_INVALID, rows[i]);
        assert_row(error[0] != '\0' && list.n == 77, rows[i]);
    }
    char many[1024] = "";
    for (int i = 0; i <= ADDRESS_LIST_MAX; i++)
        strncat(many, "1.2.3.4 ", sizeof many - strlen(many) - 1);
    struct address_list list;
    char error[200];
    assert_int_equal(address_list_parse(many, &list, error, sizeof error), STATUS_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_an_address),
        cmocka_unit_test(test_a_site_is_an_ipv4_address_or_a_64),
        cmocka_unit_test(test_who_is_in_a_list),
        cmocka_unit_test(test_what_is_no_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
