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

struct value {
    bool is_priced, has_day;
    int128 value, cost, day_base;
};

struct row {
    bool is_held, has_cost_base;
    struct currency currency; /* the lots' */
    int128 quantity;
    struct value local, base;         /* base: in the portfolio's currency; what the totals sum */
    const struct quote *quote, *rate; /* rate NULL: there is none, or none is needed */
    bool needs_conversion;
    int64_t rate_e8; /* 0: not known */
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

/* round(a x b / d) of what is not negative, one bit of b at a time; false when it is above the largest value of a row.
 * Horner from the highest bit: quotient and rest are doubled, and a added. */
static bool scaled(int128 a, int64_t b, int128 d, int128 *ret_value) {
    const int128 largest = (int128)DECIMAL_MAX_E8 * DECIMAL_MAX_E8 / DECIMAL_ONE;
    int128 quotient = 0, rest = 0;
    for (int bit = 62; bit >= 0; bit--) {
        quotient *= 2;
        rest *= 2;
        if (b >> bit & 1) {
            quotient += a / d;
            rest += a % d;
        }
        quotient += rest / d;
        rest %= d;
        if (quotient > largest)
            return false;
    }
    quotient += 2 * rest >= d ? 1 : 0;
    if (quotient > largest)
        return false;
    *ret_value = quotient;
    return true;
}

static bool is_minor(struct currency currency) {
    return strcmp(currency.code, "GBp") == 0;
}

/* The quote that is the rate from a currency to another; NULL: not known. */
static const struct quote *rate_quote(const struct world *world, struct currency from, struct currency to) {
    char name[8];
    (void)snprintf(name, sizeof name, "%s/%s", is_minor(from) ? "GBP" : from.code, to.code);
    for (int i = WORLD_SYMBOLS; i < WORLD_QUOTED; i++) {
        const struct quote *quote = &world->bus.quotes[i].quote;
        if (world->bus.has_quote[i] && strcmp(quote->symbol.text, name) == 0 && currency_equal(quote->currency, to))
            return quote;
    }
    return NULL;
}

static void value_in_base(struct row *row, int128 quantity_before, int128 bought_base, int64_t previous_rate_e8) {
    const struct quote *quote = row->quote;
    int128 factor = is_minor(row->currency) ? 100 : 1, unit = factor * DECIMAL_ONE * DECIMAL_ONE;
    if (!row->local.is_priced || !quote || !row->has_cost_base || row->rate_e8 == 0 ||
        !scaled(row->quantity * quote->price.e8, row->rate_e8, unit, &row->base.value))
        return;
    row->base.is_priced = true;
    if (quote->previous_close.e8 > 0 && previous_rate_e8 > 0)
        row->base.has_day =
            scaled(quantity_before * quote->previous_close.e8, previous_rate_e8, unit, &row->base.day_base);
    row->base.day_base += row->base.has_day ? bought_base : 0;
}

/* The rate, and what it was when the quote's session began. */
static int64_t find_rate(const struct world *world, const struct world_portfolio *it, struct row *row) {
    struct currency pounds = {"GBP"};
    row->needs_conversion = !currency_equal(row->currency, it->base_currency);
    if (is_minor(row->currency) && currency_equal(it->base_currency, pounds)) {
        row->rate_e8 = DECIMAL_ONE;
        return DECIMAL_ONE;
    }
    row->rate = row->needs_conversion ? rate_quote(world, row->currency, it->base_currency) : NULL;
    row->rate_e8 = row->rate ? row->rate->price.e8 : 0;
    if (!row->rate || !row->quote)
        return 0;
    return row->rate->session < row->quote->session ? row->rate_e8 : row->rate->previous_close.e8;
}

static struct row row_of(const struct world *world, const struct world_portfolio *it, int symbol) {
    struct row row = {.quote = world->bus.has_quote[symbol] ? &world->bus.quotes[symbol].quote : NULL,
                      .currency = world_lot_currency(world, it, symbol),
                      .has_cost_base = true};
    int128 quantity_before = 0, bought = 0, bought_base = 0, factor = is_minor(row.currency) ? 100 : 1;
    int64_t previous_rate_e8 = find_rate(world, it, &row);
    for (size_t i = 0; i < it->lots_n; i++) {
        const struct world_lot *lot = &it->lots[i];
        if (lot->symbol != symbol)
            continue;
        int128 cost = times(lot->quantity_e8, lot->price_e8) + lot->fee_e8, cost_base = 0;
        int64_t lot_rate_e8 = row.rate || row.rate_e8 == 0 ? lot->fx_rate_e8 : DECIMAL_ONE;
        row.has_cost_base &= lot_rate_e8 > 0 && scaled(cost, lot_rate_e8, factor * DECIMAL_ONE, &cost_base);
        row.is_held = true;
        row.quantity += lot->quantity_e8;
        row.local.cost += cost;
        row.base.cost += cost_base;
        bool is_bought = row.quote && lot->date >= row.quote->session;
        bought += is_bought ? cost : 0;
        bought_base += is_bought ? cost_base : 0;
        quantity_before += is_bought ? 0 : lot->quantity_e8;
    }
    row.local.is_priced = row.is_held && row.quote && currency_equal(row.quote->currency, row.currency);
    if (row.local.is_priced) {
        row.local.value = times(row.quantity, row.quote->price.e8);
        row.local.has_day = row.quote->previous_close.e8 > 0;
        row.local.day_base = row.local.has_day ? times(quantity_before, row.quote->previous_close.e8) + bought : 0;
    }
    if (row.needs_conversion)
        value_in_base(&row, quantity_before, bought_base, previous_rate_e8);
    else
        row.base = row.local;
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

static void set_converted(json_t *object, int fields, const struct row *row) {
    const struct value *base = &row->base;
    if (row->local.is_priced && row->rate_e8 > 0)
        set_amount(object, fields, "fx_rate", row->rate_e8);
    if (row->has_cost_base)
        set_amount(object, fields, "cost_basis_base", base->cost);
    if (!base->is_priced)
        return;
    set_amount(object, fields, "current_value_base", base->value);
    set_amount(object, fields, "gain_loss_base", base->value - base->cost);
    set_percent(object, fields, "gain_loss_percent_base", base->value - base->cost, base->cost);
    if (base->has_day) {
        set_amount(object, fields, "day_change_base", base->value - base->day_base);
        set_percent(object, fields, "day_change_percent_base", base->value - base->day_base, base->day_base);
    }
}

static json_t *row_document(const struct row *row, int symbol, int fields) {
    const struct value *local = &row->local;
    json_t *object = json_object();
    struct symbol name;
    world_symbol(symbol, &name);
    set_text(object, fields, "ticker_symbol", name.text);
    set_amount(object, fields, "quantity", row->quantity);
    set_amount(object, fields, "average_cost", rounded_ratio(local->cost * DECIMAL_ONE, row->quantity));
    set_amount(object, fields, "cost_basis", local->cost);
    set_text(object, fields, "currency", row->currency.code);
    if (row->needs_conversion)
        set_converted(object, fields, row);
    if (!local->is_priced || !row->quote)
        return object;
    char as_of[TIMESTAMP_TEXT_LEN + 1];
    timestamp_write(as_of, row->quote->as_of_ms);
    set_amount(object, fields, "current_price", row->quote->price.e8);
    set_amount(object, fields, "current_value", local->value);
    set_amount(object, fields, "gain_loss", local->value - local->cost);
    set_percent(object, fields, "gain_loss_percent", local->value - local->cost, local->cost);
    if (local->has_day) {
        set_amount(object, fields, "previous_close", row->quote->previous_close.e8);
        set_amount(object, fields, "day_change", local->value - local->day_base);
        set_percent(object, fields, "day_change_percent", local->value - local->day_base, local->day_base);
    }
    set_text(object, fields, "price_as_of", as_of);
    set_text(object, fields, "stale", row->quote->stale || (row->rate && row->rate->stale) ? "true" : "false");
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
    const struct value *base = &row->base;
    sums->cost += row->has_cost_base || !row->needs_conversion ? base->cost : 0;
    sums->unpriced += base->is_priced ? 0 : 1;
    if (!base->is_priced)
        return;
    sums->value += base->value;
    sums->priced_cost += base->cost;
    sums->gain += base->value - base->cost;
    if (base->has_day) {
        sums->day += base->value - base->day_base;
        sums->day_base += base->day_base;
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
    json_object_set_new(document, "base_currency", json_string(it->base_currency.code));
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

/* The member that the totals sum, of a row in another currency than the portfolio. */
static int128 base_member_e8(const json_t *row, const char *name, bool is_converted) {
    char base_name[40];
    (void)snprintf(base_name, sizeof base_name, "%s_base", name);
    return member_e8(row, is_converted ? base_name : name);
}

void world_check_sums(const json_t *data) {
    const json_t *totals = json_object_get(data, "totals");
    json_t *positions = json_object_get(data, "positions");
    const char *base_currency = json_string_value(json_object_get(data, "base_currency"));
    int128 value = member_e8(totals, "cash_balance");
    int128 cost = 0;
    int128 gain = 0;
    int128 day = 0;
    int128 unpriced = 0;
    const char *key;
    json_t *row;
    json_object_foreach(positions, key, row) {
        bool is_converted = strcmp(json_string_value(json_object_get(row, "currency")), base_currency) != 0;
        value += base_member_e8(row, "current_value", is_converted);
        cost += base_member_e8(row, "cost_basis", is_converted);
        gain += base_member_e8(row, "gain_loss", is_converted);
        day += base_member_e8(row, "day_change", is_converted);
        unpriced += json_object_get(row, is_converted ? "current_value_base" : "current_value") ? 0 : DECIMAL_ONE;
    }
    assert_true(value == member_e8(totals, "total_value"));
    assert_true(cost == member_e8(totals, "cost_basis"));
    assert_true(gain == member_e8(totals, "gain_loss"));
    assert_true(day == member_e8(totals, "day_change"));
    assert_true(unpriced == member_e8(totals, "unpriced"));
}
