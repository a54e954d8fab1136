/* links: pf_app pf_store pf_feed pf_net pf_protocol pf_domain pf_thread pf_ops pf_base PkgConfig::ZLIB */
/* The web page's files: what is read, what is found, what is answered. */
#include "app/gzip.h"
#include "app/site.h"
#include "app/site_files.h"
#include "unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What site_respond answered: http_respond is the test's own here. */
static struct answer {
    int n, status;
    char content_type[64], body[256], etag[64], allow[32], policy[1024], cache[64], coding[16], vary[32];
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
        memcpy(answer.body, response->body,
               response->body_len < sizeof answer.body ? response->body_len : sizeof answer.body - 1);
    keep_header(response, "etag:", answer.etag, sizeof answer.etag);
    keep_header(response, "allow:", answer.allow, sizeof answer.allow);
    keep_header(response, "cache-control:", answer.cache, sizeof answer.cache);
    keep_header(response, "content-encoding:", answer.coding, sizeof answer.coding);
    keep_header(response, "vary:", answer.vary, sizeof answer.vary);
    snprintf(answer.policy, sizeof answer.policy, "%s", response->policy ? response->policy : "");
}

static const char *accept_encoding, *host; /* of the next questions */

static char root[] = "/tmp/test-site-XXXXXX";

static void put(const char *name, const void *text, size_t len) {
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
    accept_encoding = host = NULL;
    memcpy(root + strlen(root) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(root));
    make_dir("img");
    make_dir("img/deep");
    put("index.html", "<p>", 3);
    put("app.js", "1", 1);
    put("img/logo.svg", "<svg>", 5);
    put("img/deep/seen.txt", "x", 1);
    put("img/deep/app.js.map", "{}", 2);
    put("img/deep/old.tar.gz", "x", 1);
    put("img/deep/raw", "x", 1);
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

static bool ask(struct site *site, enum http_method method, const char *path, const char *if_none_match) {
    struct http_request request = {.method = method, .path = path, .query = "", .body = ""};
    request.headers[HTTP_HEADER_IF_NONE_MATCH] = if_none_match;
    request.headers[HTTP_HEADER_ACCEPT_ENCODING] = accept_encoding;
    request.headers[HTTP_HEADER_HOST] = host;
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
        {"/img/deep/seen.txt", "text/plain; charset=utf-8", "x"},
        {"/img/deep/app.js.map", "application/json", "{}"},
        {"/img/deep/old.tar.gz", "application/gzip", "x"},
        {"/img/deep/raw", "application/octet-stream", "x"},
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

static void assert_refused(enum status status, const char *named) {
    struct site *site = NULL;
    char error[256] = "";
    assert_int_equal(site_create(root, &site, error, sizeof error), status);
    assert_row(strstr(error, named), error);
    assert_null(site);
}

static void test_limits_stop_the_start(void **state) {
    (void)state;
    char name[64];
    char *large = calloc(1, SITE_FILE_BYTES_MAX + 1);
    assert_non_null(large);
    put("large.txt", large, SITE_FILE_BYTES_MAX);
    struct site *site = create();
    site_destroy(&site);
    put("large.txt", large, SITE_FILE_BYTES_MAX + 1);
    assert_refused(STATUS_LIMIT, "/large.txt: file too large");
    for (int i = 0; i < SITE_BYTES_MAX / SITE_FILE_BYTES_MAX; i++) {
        snprintf(name, sizeof name, "large%d.txt", i);
        put(name, large, SITE_FILE_BYTES_MAX);
    }
    put("large.txt", large, 1);
    assert_refused(STATUS_LIMIT, "too large in all");
    free(large);
    for (int i = 0; i < SITE_BYTES_MAX / SITE_FILE_BYTES_MAX; i++) {
        snprintf(name, sizeof name, "large%d.txt", i);
        put(name, "", 0);
    }
    for (int i = 0; i < SITE_FILES_MAX; i++) {
        snprintf(name, sizeof name, "file%d.txt", i);
        put(name, "x", 1);
    }
    assert_refused(STATUS_LIMIT, "too many files");
}

static void test_what_is_too_deep_is_not_left_out_quietly(void **state) {
    (void)state;
    make_dir("img/deep/3");
    make_dir("img/deep/3/4");
    put("img/deep/3/4/file.txt", "x", 1);
    struct site *site = create();
    assert_true(ask(site, HTTP_GET, "/img/deep/3/4/file.txt", NULL));
    site_destroy(&site);
    make_dir("img/deep/3/4/5");
    assert_refused(STATUS_LIMIT, "/img/deep/3/4/5: too deep");
}

static void test_which_names_last(void **state) {
    (void)state;
    static const struct {
        const char *path;
        bool is_lasting;
    } rows[] = {
        {"/static/index-BqLzQ2yD.js", true},
        {"/static/index-BqLzQ2yD.js.map", true},
        {"/static/index-D-_aBc12.css", true},
        {"/static/a-b-c-Cx0_-9fE.woff2", true},
        {"/static/deep/logo-x7PqRs0t.svg", true},
        {"/static/i-BqLzQ2yD.js", true},
        {"/index.html", false},
        {"/index-BqLzQ2yD.js", false},
        {"/a/b/c/index-BqLzQ2yD.js", true},
        {"/static/index.js", false},
        {"/static/my-portrait.png", false},
        {"/static/my-Portrait.png", false},
        {"/static/report-20261121.txt", false},
        {"/static/index-BqLzQ2y.js", false},
        {"/static/index-BqLzQ2yDD.js", false},
        {"/static/indexBqLzQ2yD.js", false},
        {"/static/index-BqLz.2yD.js", false},
        {"/static/index-BqLzQ2yD", false},
        {"/static/-BqLzQ2yD.js", false},
        {"/static/index-BqLz~2yD.js", false},
        {"/static/.map", false},
        {"/static/", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(site_path_is_lasting(rows[i].path) == rows[i].is_lasting, rows[i].path);
    make_dir("static");
    put("static/index-BqLzQ2yD.js", "1", 1);
    struct site *site = create();
    assert_true(ask(site, HTTP_GET, "/static/index-BqLzQ2yD.js", NULL));
    assert_string_equal(answer.cache, "public, max-age=31536000, immutable");
    char tag[64];
    snprintf(tag, sizeof tag, "%s", answer.etag);
    assert_true(ask(site, HTTP_GET, "/static/index-BqLzQ2yD.js", tag));
    assert_int_equal(answer.status, 304);
    assert_string_equal(answer.cache, "public, max-age=31536000, immutable");
    assert_true(ask(site, HTTP_GET, "/", NULL));
    assert_string_equal(answer.cache, "no-cache");
    site_destroy(&site);
}

static void put_packed(const char *name, const char *text, size_t len) {
    struct strbuf packed;
    strbuf_init(&packed);
    assert_int_equal(gzip_append(&packed, text, len), STATUS_OK);
    put(name, packed.data, packed.len);
    strbuf_fini(&packed);
}

static void test_a_packed_file_is_a_form_of_the_one_beside_it(void **state) {
    (void)state;
    char text[200];
    memset(text, 'x', sizeof text);
    put("style.css", text, sizeof text); /* too small to be packed by the server itself */
    put_packed("style.css.gz", text, sizeof text);
    struct site *site = create();
    assert_false(ask(site, HTTP_GET, "/style.css.gz", NULL));
    assert_true(ask(site, HTTP_GET, "/style.css", NULL));
    assert_int_equal(answer.body_len, sizeof text);
    assert_string_equal(answer.coding, "");
    assert_string_equal(answer.vary, "Accept-Encoding");
    char plain_tag[64];
    snprintf(plain_tag, sizeof plain_tag, "%s", answer.etag);
    accept_encoding = "gzip;q=0.5, br";
    assert_true(ask(site, HTTP_GET, "/style.css", NULL));
    assert_string_equal(answer.coding, "gzip");
    assert_string_equal(answer.vary, "Accept-Encoding");
    assert_string_equal(answer.content_type, "text/css; charset=utf-8");
    assert_string_not_equal(answer.etag, plain_tag);
    assert_true(answer.body_len < sizeof text);
    assert_true(gzip_holds(answer.body, answer.body_len, text, sizeof text));
    accept_encoding = "gzip;q=0, br";
    assert_true(ask(site, HTTP_GET, "/style.css", NULL));
    assert_string_equal(answer.coding, "");
    assert_string_equal(answer.etag, plain_tag);
    site_destroy(&site);

    put("style.css", "changed", 7);
    assert_refused(STATUS_INVALID, "/style.css.gz");
}

static void test_the_policy_names_the_stream(void **state) {
    (void)state;
    struct site *site = create();
    static const struct {
        const char *host, *end;
    } rows[] = {
        {NULL, "; connect-src 'self'"},
        {"app.example.com", "; connect-src 'self' ws://app.example.com wss://app.example.com"},
        {"[::1]:8080", "; connect-src 'self' ws://[::1]:8080 wss://[::1]:8080"},
        {"a; script-src *", "; connect-src 'self'"},
        {"a,b", "; connect-src 'self'"},
        {"", "; connect-src 'self'"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        host = rows[i].host;
        assert_true(ask(site, HTTP_GET, "/", NULL));
        const char *found = strstr(answer.policy, "; connect-src");
        assert_row(found && strcmp(found, rows[i].end) == 0, answer.policy);
        assert_non_null(strstr(answer.policy, "; script-src 'self'; style-src 'self';"));
    }
    char longest[300];
    memset(longest, 'a', sizeof longest);
    longest[255] = '\0';
    host = longest;
    assert_true(ask(site, HTTP_GET, "/", NULL));
    assert_int_equal(strlen(strstr(answer.policy, " wss://")), strlen(" wss://") + 255);
    site_destroy(&site);
}

static void remove_file(const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(unlink(path), 0);
}

static void test_a_new_build_is_read_when_asked_to(void **state) {
    (void)state;
    make_dir("static");
    put("static/one-BqLzQ2yD.js", "1", 1);
    struct site *site = create();
    remove_file("static/one-BqLzQ2yD.js");
    remove_file("app.js");
    put("static/two-BqLzQ2yE.js", "2", 1);
    assert_false(ask(site, HTTP_GET, "/static/two-BqLzQ2yE.js", NULL));
    site_reload(site);
    site_reload(site); /* nothing new: what is kept stays */
    assert_true(ask(site, HTTP_GET, "/static/two-BqLzQ2yE.js", NULL));
    /* A page from before asks for the rest of itself; other names are what they are now. */
    assert_true(ask(site, HTTP_GET, "/static/one-BqLzQ2yD.js", NULL));
    assert_string_equal(answer.body, "1");
    assert_false(ask(site, HTTP_GET, "/app.js", NULL));
    put("index.html", "<b>", 3);
    site_reload(site);
    assert_false(ask(site, HTTP_GET, "/static/one-BqLzQ2yD.js", NULL));
    assert_true(ask(site, HTTP_GET, "/", NULL));
    assert_string_equal(answer.body, "<b>");
    put("index.html", "<i>", 3);
    put("index.html.gz", "half a ", 7);
    site_reload(site);
    assert_true(ask(site, HTTP_GET, "/", NULL));
    assert_string_equal(answer.body, "<b>");
    site_destroy(&site);
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
        SITE_TEST(test_files_are_found_by_their_path),
        SITE_TEST(test_a_known_version_is_not_sent_again),
        SITE_TEST(test_files_can_only_be_read),
        SITE_TEST(test_limits_stop_the_start),
        SITE_TEST(test_what_is_too_deep_is_not_left_out_quietly),
        SITE_TEST(test_which_names_last),
        SITE_TEST(test_a_packed_file_is_a_form_of_the_one_beside_it),
        SITE_TEST(test_the_policy_names_the_stream),
        SITE_TEST(test_a_new_build_is_read_when_asked_to),
        SITE_TEST(test_missing_directory_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
