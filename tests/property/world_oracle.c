/* The independent answer: a portfolio's document computed from scratch, from
 * the model of the database and the model of the bus, with none of the code
 * under test but number formatting. */
#include "../unit/test.h"
#include "base/strbuf.h"
#include "base/timestamp.h"
#include "protocol/json_exact.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
    bool is_held, is_priced, has_day;
    int128 quantity, cost, value, day_base;
    const struct quote *quote;
};

static int128 rounded_ratio(int128 numerator, int128 denominator) {
    bool is_negative = (numerator < 0) != (denominator < 0);
    int128 n = numerator < 0 ? -numerator : numerator;
    int128 d = denominator < 0 ? -denominator : denominator;
    int128 quotient = n / d;
    if (2 * (n % d) >= d)
        quotient++;
    return is_negative ? -quotient : quotient;
}

static int128 times(int128 quantity, int64_t price) {
    return rounded_ratio(quantity * price, DECIMAL_ONE);
}

static struct row row_of(const struct world *world, const struct world_portfolio *it, int symbol) {
    struct row row = {.quote = world->bus.has_quote[symbol] ? &world->bus.quotes[symbol].quote : NULL};
    int128 quantity_before = 0;
    int128 bought = 0;
    for (size_t i = 0; i < it->lots_n; i++) {
        const struct world_lot *lot = &it->lots[i];
        if (lot->symbol != symbol)
            continue;
        int128 cost = times(lot->quantity_e8, lot->price_e8) + lot->fee_e8;
        row.is_held = true;
        row.quantity += lot->quantity_e8;
        row.cost += cost;
        if (row.quote && lot->date >= row.quote->session)
            bought += cost;
        else
            quantity_before += lot->quantity_e8;
    }
    row.is_priced = row.is_held && row.quote && row.quote->currency.code[0] == 'U';
    if (row.is_priced) {
        row.value = times(row.quantity, row.quote->price.e8);
        row.has_day = row.quote->previous_close.e8 > 0;
        row.day_base = row.has_day ? times(quantity_before, row.quote->previous_close.e8) + bought : 0;
    }
    return row;
}

static bool selects(int fields, const char *name) {
    char quoted[40];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", name);
    return !world_field_sets[fields] || strstr(world_field_sets[fields], quoted);
}

static void set_amount(json_t *object, int fields, const char *name, int128 e8) {
    struct strbuf text;
    strbuf_init(&text);
    strbuf_append_amount(&text, (struct amount){e8});
    if (selects(fields, name))
        json_object_set_new(object, name, json_string(strbuf_text(&text)));
    strbuf_fini(&text);
}

static void set_percent(json_t *object, int fields, const char *name, int128 part, int128 whole) {
    if (whole == 0 || !selects(fields, name))
        return;
    struct strbuf text;
    strbuf_init(&text);
    strbuf_append_percent(&text, (struct percent){rounded_ratio(part * 1000000, whole)});
    json_object_set_new(object, name, json_string(strbuf_text(&text)));
    strbuf_fini(&text);
}

static void set_text(json_t *object, int fields, const char *name, const char *text) {
    if (selects(fields, name))
        json_object_set_new(object, name, json_string(text));
}

static json_t *row_document(const struct row *row, int symbol, int fields) {
    json_t *object = json_object();
    struct symbol name;
    world_symbol(symbol, &name);
    set_text(object, fields, "ticker_symbol", name.text);
    set_amount(object, fields, "quantity", row->quantity);
    set_amount(object, fields, "average_cost", rounded_ratio(row->cost * DECIMAL_ONE, row->quantity));
    set_amount(object, fields, "cost_basis", row->cost);
    set_text(object, fields, "currency", row->quote ? row->quote->currency.code : "USD");
    if (!row->is_priced || !row->quote)
        return object;
    char as_of[TIMESTAMP_TEXT_LEN + 1];
    timestamp_write(as_of, row->quote->as_of_ms);
    set_amount(object, fields, "current_price", row->quote->price.e8);
    set_amount(object, fields, "current_value", row->value);
    set_amount(object, fields, "gain_loss", row->value - row->cost);
    set_percent(object, fields, "gain_loss_percent", row->value - row->cost, row->cost);
    if (row->has_day) {
        set_amount(object, fields, "previous_close", row->quote->previous_close.e8);
        set_amount(object, fields, "day_change", row->value - row->day_base);
        set_percent(object, fields, "day_change_percent", row->value - row->day_base, row->day_base);
    }
    set_text(object, fields, "price_as_of", as_of);
    set_text(object, fields, "stale", row->quote->stale ? "true" : "false");
    return object;
}

struct sums {
    int128 value, cost, priced_cost, gain, day, day_base;
    int unpriced;
};

static json_t *totals_document(const struct sums *sums, int64_t cash_e8, int fields) {
    json_t *object = json_object();
    set_amount(object, fields, "total_value", sums->value + cash_e8);
    set_amount(object, fields, "cash_balance", cash_e8);
    set_amount(object, fields, "cost_basis", sums->cost);
    set_amount(object, fields, "gain_loss", sums->gain);
    set_percent(object, fields, "gain_loss_percent", sums->gain, sums->priced_cost);
    set_amount(object, fields, "day_change", sums->day);
    set_percent(object, fields, "day_change_percent", sums->day, sums->day_base);
    set_amount(object, fields, "unpriced", (int128)sums->unpriced * DECIMAL_ONE);
    return object;
}

static void sums_add(struct sums *sums, const struct row *row) {
    sums->cost += row->cost;
    sums->unpriced += row->is_priced ? 0 : 1;
    if (!row->is_priced)
        return;
    sums->value += row->value;
    sums->priced_cost += row->cost;
    sums->gain += row->value - row->cost;
    if (row->has_day) {
        sums->day += row->value - row->day_base;
        sums->day_base += row->day_base;
    }
}

json_t *world_oracle(const struct world *world, int portfolio, int fields) {
    const struct world_portfolio *it = &world->portfolios[portfolio];
    char id[UUID_TEXT_LEN + 1];
    char name[32];
    uuid_write(id, &it->id);
    (void)snprintf(name, sizeof name, "portfolio %d", it->name);
    json_t *positions = json_object();
    struct sums sums = {0};
    for (int i = 0; i < WORLD_SYMBOLS; i++) {
        struct row row = row_of(world, it, i);
        struct symbol symbol;
        world_symbol(i, &symbol);
        if (!row.is_held)
            continue;
        sums_add(&sums, &row);
        if (world_field_sets_have_rows[fields])
            json_object_set_new(positions, symbol.text, row_document(&row, i, fields));
    }
    json_t *document = json_object();
    json_object_set_new(document, "portfolio_id", json_string(id));
    json_object_set_new(document, "portfolio_name", json_string(name));
    json_object_set_new(document, "base_currency", json_string("USD"));
    json_object_set_new(document, "totals", totals_document(&sums, it->cash_e8, fields));
    json_object_set_new(document, "positions", positions);
    return document;
}

static int128 member_e8(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    struct amount amount = {0};
    if (value) {
        const char *text = json_string_value(value);
        assert_int_equal(amount_parse(text, strlen(text), &amount), STATUS_OK);
    }
    return amount.e8;
}

void world_check_sums(const json_t *data) {
    const json_t *totals = json_object_get(data, "totals");
    json_t *positions = json_object_get(data, "positions");
    int128 value = member_e8(totals, "cash_balance");
    int128 cost = 0;
    int128 gain = 0;
    int128 day = 0;
    int128 unpriced = 0;
    const char *key;
    json_t *row;
    json_object_foreach(positions, key, row) {
        value += member_e8(row, "current_value");
        cost += member_e8(row, "cost_basis");
        gain += member_e8(row, "gain_loss");
        day += member_e8(row, "day_change");
        unpriced += json_object_get(row, "current_price") ? 0 : DECIMAL_ONE;
    }
    assert_true(value == member_e8(totals, "total_value"));
    assert_true(cost == member_e8(totals, "cost_basis"));
    assert_true(gain == member_e8(totals, "gain_loss"));
    assert_true(day == member_e8(totals, "day_change"));
    assert_true(unpriced == member_e8(totals, "unpriced"));
}
