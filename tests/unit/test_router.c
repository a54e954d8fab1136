/* Paths against patterns. links: pf_app pf_store pf_protocol pf_base */
#include "app/router.h"
#include "unit/test.h"

static void handle_a(struct api_call *call) {
    (void)call;
}
static void handle_b(struct api_call *call) {
    (void)call;
}

static const struct route table[] = {
    {HTTP_GET, "/things", handle_a, {ACCESS_PUBLIC, ACCESS_OF_NONE}},
    {HTTP_POST, "/things", handle_b, {ACCESS_PUBLIC, ACCESS_OF_NONE}},
    {HTTP_GET, "/things/{id}", handle_a, {ACCESS_PUBLIC, ACCESS_OF_NONE}},
    {HTTP_GET, "/things/email/{email}", handle_a, {ACCESS_PUBLIC, ACCESS_OF_NONE}},
    {HTTP_PUT, "/things/{id}/parts/{part}", handle_b, {ACCESS_PUBLIC, ACCESS_OF_NONE}},
    {HTTP_POST, "/things/count", handle_b, {ACCESS_PUBLIC, ACCESS_OF_NONE}},
};

static void test_find(void **state) {
    static const struct {
        const char *name;
        enum http_method method;
        const char *path;
        enum status status;
        int row; /* of table; -1: none */
        const char *first, *second;
    } rows[] = {
        {"a literal", HTTP_GET, "/things", STATUS_OK, 0, NULL, NULL},
        {"the method counts", HTTP_POST, "/things", STATUS_OK, 1, NULL, NULL},
        {"HEAD is GET", HTTP_HEAD, "/things", STATUS_OK, 0, NULL, NULL},
        {"a parameter", HTTP_GET, "/things/7", STATUS_OK, 2, "7", NULL},
        {"decoded", HTTP_GET, "/things/a%20b%2Fc%e2%82%ac", STATUS_OK, 2, "a b/c\xe2\x82\xac", NULL},
        {"plus is no space in a path", HTTP_GET, "/things/a+b", STATUS_OK, 2, "a+b", NULL},
        {"a literal before a parameter", HTTP_GET, "/things/email/x@y.z", STATUS_OK, 3, "x@y.z", NULL},
        {"two parameters", HTTP_PUT, "/things/1/parts/2", STATUS_OK, 4, "1", "2"},
        {"just this path", HTTP_POST, "/things/count", STATUS_OK, 5, NULL, NULL},
        {"and no parameter of that text", HTTP_GET, "/things/count", STATUS_CONFLICT, -1, NULL, NULL},
        {"another method", HTTP_DELETE, "/things", STATUS_CONFLICT, -1, NULL, NULL},
        {"OPTIONS", HTTP_OPTIONS, "/things", STATUS_CONFLICT, -1, NULL, NULL},
        {"the root", HTTP_GET, "/", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"nothing", HTTP_GET, "", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"without a slash", HTTP_GET, "things", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"a slash more", HTTP_GET, "/things/", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"an empty parameter", HTTP_PUT, "/things//parts/2", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"longer", HTTP_GET, "/things/1/parts/2/x", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"a beginning", HTTP_GET, "/thing", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"case counts", HTTP_GET, "/Things", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"a bad escape", HTTP_GET, "/things/%4", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"no hex", HTTP_GET, "/things/%zz", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"a NUL", HTTP_GET, "/things/a%00", STATUS_NOT_FOUND, -1, NULL, NULL},
        {"no UTF-8", HTTP_GET, "/things/%ff", STATUS_NOT_FOUND, -1, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct route *route = NULL;
        struct route_params params = {0};
        unsigned methods = 0;
        enum status status =
            router_find(table, COUNT_OF(table), rows[i].method, rows[i].path, &route, &params, &methods);
        assert_row(status == rows[i].status, rows[i].name);
        assert_row(route == (rows[i].row < 0 ? NULL : &table[rows[i].row]), rows[i].name);
        assert_row(!rows[i].first || strcmp(params.texts[0], rows[i].first) == 0, rows[i].name);
        assert_row(!rows[i].second || strcmp(params.texts[1], rows[i].second) == 0, rows[i].name);
    }
}

static void test_methods_for_allow(void **state) {
    const struct route *route = NULL;
    struct route_params params;
    unsigned methods = 0;
    struct strbuf out;
    (void)state;
    strbuf_init(&out);
    assert_int_equal(router_find(table, COUNT_OF(table), HTTP_PATCH, "/things", &route, &params, &methods),
                     STATUS_CONFLICT);
    router_write_methods(&out, methods);
    assert_string_equal(strbuf_text(&out), "GET, HEAD, POST, OPTIONS");
    strbuf_fini(&out);
}

static void test_parameter_has_a_bound(void **state) {
    const struct route *route = NULL;
    struct route_params params;
    unsigned methods = 0;
    char path[ROUTER_PARAM_MAX + 32] = "/things/";
    size_t start = strlen(path);
    (void)state;
    memset(path + start, 'x', ROUTER_PARAM_MAX);
    assert_int_equal(router_find(table, COUNT_OF(table), HTTP_GET, path, &route, &params, &methods), STATUS_OK);
    memset(path + start, 'x', ROUTER_PARAM_MAX + 1);
    assert_int_equal(router_find(table, COUNT_OF(table), HTTP_GET, path, &route, &params, &methods), STATUS_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_methods_for_allow),
        cmocka_unit_test(test_parameter_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
