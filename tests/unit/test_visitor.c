/* links: pf_net pf_ops pf_base */
/* Whose request it is, behind proxies that are trusted and others. */
#include "net/visitor.h"
#include "test.h"

#include <stdio.h>

static void test_whose_request_it_is(void **state) {
    (void)state;
    static const struct {
        const char *name, *proxies, *peer, *fields, *client;
    } rows[] = {
        {"nobody is trusted", "", "10.0.0.1", "X-Forwarded-For: 1.2.3.4\r\n", "10.0.0.1"},
        {"another is trusted", "10.0.0.2", "10.0.0.1", "X-Forwarded-For: 1.2.3.4\r\n", "10.0.0.1"},
        {"a proxy", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: 1.2.3.4\r\n", "1.2.3.4"},
        {"it says nothing", "10.0.0.0/8", "10.0.0.1", "", "10.0.0.1"},
        {"it says nothing in words", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: \r\n", "10.0.0.1"},
        {"what the client wrote before", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n", "1.2.3.4"},
        {"in a field of its own", "10.0.0.0/8", "10.0.0.1", "x-forwarded-for: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4\r\n",
         "1.2.3.4"},
        {"two proxies", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: 6.6.6.6,1.2.3.4 ,\t10.0.0.2\r\n", "1.2.3.4"},
        {"two proxies in two fields", "10.0.0.0/8", "10.0.0.1",
         "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nX-Forwarded-For: 10.0.0.2\r\n", "1.2.3.4"},
        {"all are proxies", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: 10.0.0.3, 10.0.0.2\r\n", "10.0.0.3"},
        {"empty entries", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: ,, 1.2.3.4 , ,\r\n", "1.2.3.4"},
        {"a port", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: 1.2.3.4:5678\r\n", "1.2.3.4"},
        {"IPv6", "::1", "::1", "X-Forwarded-For: 2001:DB8::5\r\n", "2001:db8::5"},
        {"IPv6 with a port", "::1", "::1", "X-Forwarded-For: [2001:db8::5]:80\r\n", "2001:db8::5"},
        {"IPv6 in brackets", "::1", "::1", "X-Forwarded-For: [2001:db8::5]\r\n", "2001:db8::5"},
        {"no address", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: 1.2.3.4, unknown\r\n", "10.0.0.1"},
        {"no address before a proxy", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: _hidden, 10.0.0.2\r\n", "10.0.0.2"},
        {"a bracket that does not end", "10.0.0.0/8", "10.0.0.1", "X-Forwarded-For: [::1\r\n", "10.0.0.1"},
        {"more fields than are kept", "10.0.0.0/8", "10.0.0.1",
         "X-Forwarded-For: 6.6.6.1\r\nX-Forwarded-For: 6.6.6.2\r\nX-Forwarded-For: 6.6.6.3\r\n"
         "X-Forwarded-For: 6.6.6.4\r\nX-Forwarded-For: 6.6.6.5\r\nX-Forwarded-For: 1.2.3.4\r\n",
         "1.2.3.4"},
        {"fields of proxies only, more than are kept", "10.0.0.0/8", "10.0.0.1",
         "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 10.0.0.9\r\nX-Forwarded-For: 10.0.0.8\r\n"
         "X-Forwarded-For: 10.0.0.7\r\nX-Forwarded-For: 10.0.0.6\r\n",
         "10.0.0.9"},
        {"a socket without an address", "10.0.0.0/8", "unknown", "X-Forwarded-For: 1.2.3.4\r\n", "::"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address_list proxies;
        char error[200], bytes[1024], text[ADDRESS_TEXT_MAX];
        assert_int_equal(address_list_parse(rows[i].proxies, &proxies, error, sizeof error), STATUS_OK);
        struct admission admission = {.proxies = &proxies};
        int len = snprintf(bytes, sizeof bytes, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", rows[i].fields);
        struct head head;
        assert_int_equal(head_parse(bytes, (size_t)len, &head), STATUS_OK);
        struct visitor visitor;
        visitor_init(&visitor, &admission, rows[i].peer);
        visitor_read(&visitor, &admission, &head);
        address_write(text, &visitor.client);
        assert_row(strcmp(text, rows[i].client) == 0, rows[i].name);
        if (visitor.is_proxied)
            assert_row(strcmp(visitor.text, text) == 0, rows[i].name);
    }
}

/* The next request of a proxy's connection is another client's. */
static void test_each_request_is_read_anew(void **state) {
    (void)state;
    struct address_list proxies;
    char error[200];
    assert_int_equal(address_list_parse("10.0.0.1", &proxies, error, sizeof error), STATUS_OK);
    struct admission admission = {.proxies = &proxies};
    struct visitor visitor;
    visitor_init(&visitor, &admission, "10.0.0.1");
    struct head one = {.forwarded = {"1.2.3.4"}, .forwarded_n = 1}, none = {.forwarded_n = 0};
    visitor_read(&visitor, &admission, &one);
    assert_string_equal(visitor.text, "1.2.3.4");
    visitor_read(&visitor, &admission, &none);
    assert_string_equal(visitor.text, "10.0.0.1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whose_request_it_is),
        cmocka_unit_test(test_each_request_is_read_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
