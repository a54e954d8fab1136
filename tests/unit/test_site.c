/* links: pf_app pf_store pf_feed pf_net pf_protocol pf_domain pf_thread pf_ops pf_base */
/* The web page's files: what is read, what is found, what is answered. */
#include "app/site.h"
#include "unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What site_respond answered: http_respond is the test's own here. */
static struct answer {
    int n, status;
    char content_type[64], body[256], etag[64], allow[32], policy[256];
    size_t body_len;
} answer;

static void keep_header(const struct http_response *response, const char *name, char *out, size_t out_len) {
    for (size_t i = 0; i < response->headers_n; i++)
        if (strcmp(response->headers[i].name, name) == 0)
            snprintf(out, out_len, "%s", response->headers[i].value);
}

void http_respond(struct http_request *request, const struct http_response *response) {
    (void)request;
    answer.n++;
    answer.status = response->status;
    answer.body_len = response->body_len;
    snprintf(answer.content_type, sizeof answer.content_type, "%s", response->content_type);
    if (response->body_len)
        snprintf(answer.body, sizeof answer.body, "%.*s", (int)response->body_len, response->body);
    keep_header(response, "etag:", answer.etag, sizeof answer.etag);
    keep_header(response, "allow:", answer.allow, sizeof answer.allow);
    snprintf(answer.policy, sizeof answer.policy, "%s", response->policy ? response->policy : "");
}

static char root[] = "/tmp/test-site-XXXXXX";

static void put(const char *name, const char *text, size_t len) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void make_dir(const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int tree_setup(void **state) {
    (void)state;
    char path[512];
    memcpy(root + strlen(root) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(root));
    make_dir("img");
    make_dir("img/deep");
    put("index.html", "<p>", 3);
    put("app.js", "1", 1);
    put("img/logo.svg", "<svg>", 5);
    put("img/deep/hidden.txt", "x", 1);
    put(".secret", "x", 1);
    put("empty.css", "", 0);
    snprintf(path, sizeof path, "%s/passwd", root);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    snprintf(path, sizeof path, "%s/pipe", root);
    assert_int_equal(mkfifo(path, 0600), 0);
    return 0;
}

static int tree_teardown(void **state) {
    (void)state;
    char command[600];
    snprintf(command, sizeof command, "rm -r %s", root);
    assert_int_equal(system(command), 0);
    return 0;
}

static struct site *create(void) {
    struct site *site = NULL;
    char error[256] = "";
    if (site_create(root, &site, error, sizeof error) != STATUS_OK)
        fail_msg("%s", error);
    return site;
}

static bool ask(const struct site *site, enum http_method method, const char *path, const char *if_none_match) {
    struct http_request request = {.method = method, .path = path, .query = "", .body = ""};
    request.headers[HTTP_HEADER_IF_NONE_MATCH] = if_none_match;
    answer = (struct answer){.n = 0};
    bool is_found = site_respond(site, &request);
    assert_int_equal(answer.n, is_found);
    return is_found;
}

static void test_files_are_found_by_their_path(void **state) {
    (void)state;
    static const struct {
        const char *path, *content_type, *body;
    } rows[] = {
        {"/", "text/html; charset=utf-8", "<p>"},
        {"/index.html", "text/html; charset=utf-8", "<p>"},
        {"/app.js", "text/javascript; charset=utf-8", "1"},
        {"/img/logo.svg", "image/svg+xml", "<svg>"},
        {"/empty.css", "text/css; charset=utf-8", ""},
        {"/img/deep/hidden.txt", NULL, NULL},
        {"/.secret", NULL, NULL},
        {"/passwd", NULL, NULL},
        {"/pipe", NULL, NULL},
        {"/img", NULL, NULL},
        {"/img/", NULL, NULL},
        {"", NULL, NULL},
        {"/../app.js", NULL, NULL},
        {"/img/../app.js", NULL, NULL},
        {"/%61pp.js", NULL, NULL},
        {"//app.js", NULL, NULL},
        {"/app.js/", NULL, NULL},
    };
    struct site *site = create();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_row(ask(site, HTTP_GET, rows[i].path, NULL) == (rows[i].body != NULL), rows[i].path);
        if (!rows[i].body)
            continue;
        assert_row(answer.status == 200, rows[i].path);
        assert_row(strcmp(answer.content_type, rows[i].content_type) == 0, rows[i].path);
        assert_row(strcmp(answer.body, rows[i].body) == 0, rows[i].path);
        assert_row(strstr(answer.policy, "default-src 'self'"), rows[i].path);
    }
    site_destroy(&site);
}

static void test_a_known_version_is_not_sent_again(void **state) {
    (void)state;
    struct site *site = create();
    assert_true(ask(site, HTTP_GET, "/app.js", NULL));
    char etag[64], weak[80];
    snprintf(etag, sizeof etag, "%s", answer.etag);
    snprintf(weak, sizeof weak, "\"other\", W/%s", etag);
    assert_true(ask(site, HTTP_GET, "/app.js", etag));
    assert_int_equal(answer.status, 304);
    assert_string_equal(answer.etag, etag);
    assert_true(ask(site, HTTP_HEAD, "/app.js", weak));
    assert_int_equal(answer.status, 304);
    assert_true(ask(site, HTTP_GET, "/index.html", etag));
    assert_int_equal(answer.status, 200);
    site_destroy(&site);

    put("app.js", "2", 1);
    site = create();
    assert_true(ask(site, HTTP_GET, "/app.js", etag));
    assert_int_equal(answer.status, 200);
    site_destroy(&site);
}

static void test_files_can_only_be_read(void **state) {
    (void)state;
    struct site *site = create();
    assert_true(ask(site, HTTP_POST, "/app.js", NULL));
    assert_int_equal(answer.status, 405);
    assert_string_equal(answer.allow, "GET, HEAD, OPTIONS");
    assert_non_null(strstr(answer.body, "\"method_not_allowed\""));
    assert_true(ask(site, HTTP_OPTIONS, "/app.js", NULL));
    assert_int_equal(answer.status, 204);
    assert_string_equal(answer.allow, "GET, HEAD, OPTIONS");
    assert_false(ask(site, HTTP_POST, "/portfolios", NULL));
    site_destroy(&site);
}

static void test_limits_stop_the_start(void **state) {
    (void)state;
    struct site *site = NULL;
    char error[256], name[32];
    char *large = calloc(1, SITE_FILE_BYTES_MAX + 1);
    assert_non_null(large);
    put("large.txt", large, SITE_FILE_BYTES_MAX);
    site = create();
    site_destroy(&site);
    put("large.txt", large, SITE_FILE_BYTES_MAX + 1);
    assert_int_equal(site_create(root, &site, error, sizeof error), STATUS_LIMIT);
    assert_non_null(strstr(error, "/large.txt"));
    put("large.txt", large, 1);
    free(large);
    for (int i = 0; i < SITE_FILES_MAX; i++) {
        snprintf(name, sizeof name, "file%d.txt", i);
        put(name, "x", 1);
    }
    assert_int_equal(site_create(root, &site, error, sizeof error), STATUS_LIMIT);
    assert_null(site);
}

static void test_missing_directory_is_named(void **state) {
    (void)state;
    struct site *site = NULL;
    char error[256] = "";
    assert_int_equal(site_create("/nowhere/at/all", &site, error, sizeof error), STATUS_IO);
    assert_non_null(strstr(error, "/nowhere/at/all"));
    assert_null(site);
}

#define SITE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        SITE_TEST(test_files_are_found_by_their_path), SITE_TEST(test_a_known_version_is_not_sent_again),
        SITE_TEST(test_files_can_only_be_read),        SITE_TEST(test_limits_stop_the_start),
        SITE_TEST(test_missing_directory_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
