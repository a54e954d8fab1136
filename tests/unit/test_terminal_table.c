/* links: pf_terminal pf_protocol pf_ops pf_base */
/* Rows of a document: their order by exact numbers, the filter, the cells' texts. */
#include "protocol/json_exact.h"
#include "terminal/table.h"
#include "unit/test.h"

static const char text[] =
    "{\"base_currency\":\"USD\",\"positions\":{"
    "\"AAPL\":{\"ticker_symbol\":\"AAPL\",\"quantity\":3,\"average_cost\":150.123456,\"current_price\":189.84,"
    "\"current_value\":569.52,\"gain_loss\":-0.004,\"gain_loss_percent\":26.56,\"currency\":\"USD\",\"stale\":true,"
    "\"price_as_of\":\"2026-11-21T17:51:25.505Z\"},"
    "\"NTT\":{\"current_value\":90000,\"current_value_base\":600.5,\"currency\":\"JPY\",\"gain_loss\":5},"
    "\"BIG\":{\"current_value\":12345678901234567890.12345678,\"gain_loss\":12345678901234567890.1},"
    "\"BIGGER\":{\"current_value\":12345678901234567890.12345679,\"average_cost\":0.00001234},"
    "\"NONE\":{\"quantity\":1},"
    "\"ODD\":{\"current_value\":\"a\\u001btext\",\"currency\":7,\"gain_loss\":[1]}}}";

struct fixture {
    json_t *data;
    struct table table;
};

static void begin(struct fixture *it) {
    char error[100];
    assert_int_equal(json_exact_parse(text, sizeof text - 1, &it->data, error, sizeof error), STATUS_OK);
    table_init(&it->table);
}

static void end(struct fixture *it) {
    table_fini(&it->table);
    json_decref(it->data);
}

static void check_order(struct fixture *it, const char *sort, const char *order) {
    char found[200] = "";
    assert_int_equal(table_sort_by(&it->table, sort), STATUS_OK);
    assert_int_equal(table_build(&it->table, it->data), STATUS_OK);
    for (size_t i = 0; i < it->table.rows_n; i++)
        (void)snprintf(found + strlen(found), sizeof found - strlen(found), "%s ", it->table.rows[i].ticker);
    assert_string_equal(found, order);
}

static void test_order(void **state) {
    struct fixture it;
    (void)state;
    begin(&it);
    check_order(&it, "value", "BIGGER BIG NTT AAPL NONE ODD ");
    check_order(&it, "value:asc", "AAPL NTT BIG BIGGER NONE ODD ");
    check_order(&it, "symbol", "AAPL BIG BIGGER NONE NTT ODD ");
    check_order(&it, "symbol:desc", "ODD NTT NONE BIGGER BIG AAPL ");
    check_order(&it, "currency", "NTT AAPL BIG BIGGER NONE ODD ");
    check_order(&it, "gain", "BIG NTT AAPL BIGGER NONE ODD ");
    end(&it);
}

static void test_filter(void **state) {
    struct fixture it;
    (void)state;
    begin(&it);
    memcpy(it.table.filter, "big", 4);
    check_order(&it, "symbol", "BIG BIGGER ");
    assert_int_equal(it.table.positions_n, 6);
    end(&it);
}

static void check_cell(struct fixture *it, const char *ticker, enum table_column column, const char *expected) {
    struct strbuf out;
    strbuf_init(&out);
    for (size_t i = 0; i < it->table.rows_n; i++)
        if (strcmp(it->table.rows[i].ticker, ticker) == 0)
            table_cell(&it->table, &it->table.rows[i], column, true, &out);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_fini(&out);
}

static void test_cells(void **state) {
    struct fixture it;
    (void)state;
    begin(&it);
    check_order(&it, "symbol", "AAPL BIG BIGGER NONE NTT ODD ");
    check_cell(&it, "AAPL", TABLE_SYMBOL, "AAPL");
    check_cell(&it, "AAPL", TABLE_PRICE, "189.84");
    check_cell(&it, "AAPL", TABLE_AVERAGE_COST, "150.1235");
    check_cell(&it, "BIGGER", TABLE_AVERAGE_COST, "0.00001234");
    check_cell(&it, "AAPL", TABLE_GAIN, "0.00");
    check_cell(&it, "AAPL", TABLE_GAIN_PERCENT, "26.56%");
    check_cell(&it, "AAPL", TABLE_AS_OF, "17:51:25");
    memcpy(it.table.today, "2026-11-21", sizeof it.table.today);
    check_cell(&it, "AAPL", TABLE_AS_OF, "17:51:25");
    memcpy(it.table.today, "2026-11-22", sizeof it.table.today);
    check_cell(&it, "AAPL", TABLE_AS_OF, "2026-11-21");
    check_cell(&it, "BIGGER", TABLE_VALUE, "12,345,678,901,234,567,890.12");
    check_cell(&it, "NONE", TABLE_VALUE, "");
    check_cell(&it, "ODD", TABLE_VALUE, "");
    check_cell(&it, "ODD", TABLE_CURRENCY, "");
    check_cell(&it, "ODD", TABLE_GAIN, "");
    it.table.is_exact = true;
    check_cell(&it, "AAPL", TABLE_GAIN, "-0.004");
    check_cell(&it, "BIGGER", TABLE_VALUE, "12,345,678,901,234,567,890.12345679");
    assert_true(table_is_stale(&it.table.rows[0]) && !table_is_stale(&it.table.rows[1]));
    assert_int_equal(table_tone(&it.table.rows[0], TABLE_GAIN), -1);
    assert_int_equal(table_tone(&it.table.rows[1], TABLE_GAIN), 1);
    assert_int_equal(table_tone(&it.table.rows[1], TABLE_VALUE), 0);
    end(&it);
}

static void test_columns(void **state) {
    struct fixture it;
    (void)state;
    begin(&it);
    assert_int_equal(table_choose(&it.table, "value,symbol"), STATUS_OK);
    assert_int_equal(it.table.columns_n, 2);
    assert_int_equal(table_choose(&it.table, "value,value"), STATUS_INVALID);
    assert_int_equal(table_choose(&it.table, "valu"), STATUS_NOT_FOUND);
    assert_int_equal(table_choose(&it.table, ""), STATUS_INVALID);
    assert_int_equal(it.table.columns[0], TABLE_VALUE);
    assert_int_equal(table_build(&it.table, NULL), STATUS_OK);
    assert_int_equal(it.table.rows_n, 0);
    end(&it);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
