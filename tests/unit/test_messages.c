/* links: pf_protocol pf_domain pf_base */
/* What clients send, right and wrong, and the small answers. */
#include "protocol/messages.h"
#include "test.h"

#define ID "\"portfolio_id\":\"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee\""

static void test_refuses(void **state) {
    (void)state;
    const struct {
        const char *text;
        enum error_code code;
        const char *detail_has;
        const char *id;
    } table[] = {
        {"", ERROR_INVALID_JSON, "", ""},
        {"{", ERROR_INVALID_JSON, "", ""},
        {"{\"type\":\"ping\"", ERROR_INVALID_JSON, "", ""},
        {"{\"type\":\"ping\",\"id\":NaN}", ERROR_INVALID_JSON, "", ""},
        {"[1]", ERROR_INVALID_JSON, "object", ""},
        {"7", ERROR_INVALID_JSON, "object", ""},
        {"{}", ERROR_UNKNOWN_TYPE, "type", ""},
        {"{\"id\":1}", ERROR_UNKNOWN_TYPE, "type", "1"},
        {"{\"type\":7,\"id\":\"a\"}", ERROR_UNKNOWN_TYPE, "type", "\"a\""},
        {"{\"type\":\"Ping\"}", ERROR_UNKNOWN_TYPE, "type", ""},
        {"{\"type\":\"ping\",\"id\":1.5}", ERROR_INVALID_FIELD, "id", ""},
        {"{\"type\":\"ping\",\"id\":1e2}", ERROR_INVALID_FIELD, "id", ""},
        {"{\"type\":\"ping\",\"id\":true}", ERROR_INVALID_FIELD, "id", ""},
        {"{\"type\":\"ping\",\"id\":null}", ERROR_INVALID_FIELD, "id", ""},
        {"{\"type\":\"ping\",\"id\":\"1234567890123456789012345678901234567890123456789012345678901234x\"}",
         ERROR_INVALID_FIELD, "id", ""},
        {"{\"type\":\"subscribe\",\"id\":2}", ERROR_MISSING_FIELD, "portfolio_id", "2"},
        {"{\"type\":\"subscribe\",\"portfolio_id\":5}", ERROR_INVALID_FIELD, "portfolio_id", ""},
        {"{\"type\":\"subscribe\"," ID ",\"max_rate\":0}", ERROR_INVALID_FIELD, "max_rate", ""},
        {"{\"type\":\"subscribe\"," ID ",\"max_rate\":-1}", ERROR_INVALID_FIELD, "max_rate", ""},
        {"{\"type\":\"subscribe\"," ID ",\"max_rate\":\"5\"}", ERROR_INVALID_FIELD, "max_rate", ""},
        {"{\"type\":\"subscribe\"," ID ",\"max_rate\":null}", ERROR_INVALID_FIELD, "max_rate", ""},
        {"{\"type\":\"update\"," ID ",\"fields\":[]}", ERROR_INVALID_FIELD, "fields", ""},
        {"{\"type\":\"update\"," ID ",\"fields\":\"stale\"}", ERROR_INVALID_FIELD, "fields", ""},
        {"{\"type\":\"update\"," ID ",\"fields\":[\"stale\",\"colour\"]}", ERROR_INVALID_FIELD, "fields[1]", ""},
        {"{\"type\":\"update\"," ID ",\"fields\":[3]}", ERROR_INVALID_FIELD, "fields[0]", ""},
        {"{\"type\":\"subscribe\"," ID ",\"resume\":\"x\"}", ERROR_INVALID_FIELD, "resume", ""},
        {"{\"type\":\"subscribe\"," ID ",\"resume\":12}", ERROR_INVALID_FIELD, "resume", ""},
        {"{\"type\":\"auth\",\"id\":3}", ERROR_MISSING_FIELD, "token", "3"},
        {"{\"type\":\"auth\",\"token\":\"\"}", ERROR_INVALID_FIELD, "token", ""},
        {"{\"type\":\"auth\",\"token\":[\"t\"]}", ERROR_INVALID_FIELD, "token", ""},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct client_message message;
        struct message_error error;
        enum status status = message_read(table[i].text, strlen(table[i].text), &message, &error);
        assert_row(status == STATUS_INVALID, table[i].text);
        assert_row(error.code == table[i].code, table[i].text);
        assert_row(strstr(error.detail, table[i].detail_has) != NULL, table[i].text);
        assert_row(strcmp(error.id.json, table[i].id) == 0, table[i].text);
    }
}

static struct client_message read_ok(const char *text) {
    struct client_message message;
    struct message_error error;
    assert_row(message_read(text, strlen(text), &message, &error) == STATUS_OK, text);
    return message;
}

static void test_reads(void **state) {
    (void)state;
    struct client_message message = read_ok("{\"type\":\"subscribe\"," ID ",\"id\":\"a\\\"b\",\"max_rate\":2.5,"
                                            "\"fields\":[\"stale\",\"unpriced\"],"
                                            "\"resume\":\"00000000000000ab-7-3\",\"colour\":\"red\"}");
    assert_int_equal(message.type, MESSAGE_SUBSCRIBE);
    assert_true(message.portfolio_id_is_uuid);
    assert_string_equal(message.id.json, "\"a\\\"b\"");
    assert_int_equal(message.max_rate_e8, 250000000);
    assert_int_equal(message.fields, FIELD_STALE | FIELD_UNPRICED);
    assert_true(message.has_resume);
    assert_int_equal(message.resume.seq, 7);
    assert_int_equal(message.resume.version, 3);
    message = read_ok("{\"type\":\"unsubscribe\",\"portfolio_id\":\"no uuid\",\"id\":-12}");
    assert_false(message.portfolio_id_is_uuid);
    assert_string_equal(message.id.json, "-12");
    assert_string_equal(message.portfolio_text, "no uuid");
    assert_int_equal(read_ok("{\"type\":\"ping\"}").type, MESSAGE_PING);
    message = read_ok("{\"type\":\"auth\",\"token\":\"t\\u006f\",\"id\":3}");
    assert_int_equal(message.type, MESSAGE_AUTH);
    assert_string_equal(message.token, "to");
    assert_int_equal(message.token_len, 2);
    message_fini(&message);
    assert_null(message.token);
    /* A rate is clamped, never refused for its size or its decimals. */
    assert_true(read_ok("{\"type\":\"update\"," ID ",\"max_rate\":1e400}").max_rate_e8 >= 1000 * DECIMAL_ONE);
    assert_true(read_ok("{\"type\":\"update\"," ID ",\"max_rate\":0.000000000001}").max_rate_e8 > 0);
    assert_true(read_ok("{\"type\":\"update\"," ID ",\"max_rate\":99999999999999999999}").max_rate_e8 > 0);
}

static void assert_text(struct strbuf *out, const char *expected) {
    assert_string_equal(strbuf_text(out), expected);
    strbuf_clear(out);
}

static void test_writes(void **state) {
    (void)state;
    struct strbuf out;
    struct uuid id = {{0xaa}};
    struct message_id echo = {"\"x\""};
    struct cursor cursor = {.epoch = "00000000000000ab", .seq = 7, .version = 3};
    strbuf_init(&out);
#define UUID_TEXT "aa000000-0000-0000-0000-000000000000"
    message_write_subscribed(&out, &echo, &id, 5 * DECIMAL_ONE / 2, FIELD_STALE | FIELD_QUANTITY, false, "seq_ahead");
    assert_text(&out, "{\"type\":\"subscribed\",\"id\":\"x\",\"portfolio_id\":\"" UUID_TEXT
                      "\",\"granted\":{\"max_rate\":2.5,\"fields\":[\"quantity\",\"stale\"]},"
                      "\"recovered\":false,\"reason\":\"seq_ahead\"}");
    message_write_updated(&out, NULL, &id, 20 * DECIMAL_ONE, 0);
    assert_text(&out, "{\"type\":\"updated\",\"portfolio_id\":\"" UUID_TEXT "\",\"granted\":{\"max_rate\":20}}");
    message_write_unsubscribed(&out, NULL, &id, ERROR_NOT_FOUND);
    assert_text(&out, "{\"type\":\"unsubscribed\",\"portfolio_id\":\"" UUID_TEXT "\",\"code\":\"not_found\"}");
    message_write_authenticated(&out, &echo, 0);
    assert_text(&out, "{\"type\":\"authenticated\",\"id\":\"x\",\"expires_at\":\"1970-01-01T00:00:00.000Z\"}");
    message_write_authenticated(&out, NULL, INT64_MAX);
    assert_text(&out, "{\"type\":\"authenticated\"}");
    message_write_auth_expiring(&out, 1000);
    assert_text(&out, "{\"type\":\"auth_expiring\",\"expires_at\":\"1970-01-01T00:00:01.000Z\"}");
    message_write_closing(&out, CLOSE_RESTART, true, 40);
    assert_text(&out, "{\"type\":\"closing\",\"code\":1012,\"reconnect\":true,\"after_ms\":40}");
    struct message_error error = {.code = ERROR_RATE_LIMITED, .detail = "slow", .id = echo};
    message_write_error(&out, &error, "p", 20);
    assert_text(&out, "{\"type\":\"error\",\"id\":\"x\",\"code\":\"rate_limited\",\"status\":429,\"detail\":\"slow\","
                      "\"retryable\":true,\"retry_after_ms\":20,\"portfolio_id\":\"p\"}");
    message_begin_heartbeat(&out, 0);
    message_add_heartbeat(&out, true, &id, &cursor, "live");
    message_end_heartbeat(&out);
    assert_text(&out,
                "{\"type\":\"heartbeat\",\"server_time\":\"1970-01-01T00:00:00.000Z\",\"subscriptions\":{\"" UUID_TEXT
                "\":{\"cursor\":\"00000000000000ab-7-3\",\"state\":\"live\"}}}");
    strbuf_fini(&out);
}

static void test_every_field_has_its_name(void **state) {
    (void)state;
    for (unsigned i = 0; i < FIELDS_N; i++) {
        field_mask bit;
        const char *name = field_name((enum field_index)i);
        assert_int_equal(field_find(name, strlen(name), &bit), STATUS_OK);
        assert_int_equal(bit, 1u << i);
    }
    field_mask bit;
    assert_int_equal(field_find("stal", 4, &bit), STATUS_NOT_FOUND);
    assert_int_equal(field_find("", 0, &bit), STATUS_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_writes),
        cmocka_unit_test(test_every_field_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
