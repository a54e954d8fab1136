/* Two uses of one input: as a text, which reads and writes without loss; and
 * as operands, whose results obey the laws of exact arithmetic. */
#include "base/decimal.h"
#include "fuzz.h"

#include <string.h>

static void check_decimal_text(const char *text, size_t len) {
    int64_t e8, again;
    char out[DECIMAL_TEXT_MAX];
    if (decimal_parse(text, len, &e8) != STATUS_OK)
        return;
    FUZZ_CHECK(e8 >= -DECIMAL_MAX_E8 && e8 <= DECIMAL_MAX_E8);
    size_t out_len = decimal_write(out, e8);
    FUZZ_CHECK(out_len <= len && out_len < DECIMAL_TEXT_MAX);
    FUZZ_CHECK(decimal_parse(out, out_len, &again) == STATUS_OK && again == e8);
    FUZZ_CHECK(memchr(out, 'e', out_len) == NULL);
}

static void check_amount_text(const char *text, size_t len) {
    struct amount amount, again;
    int64_t e8;
    char out[DECIMAL_TEXT_MAX];
    enum status small = decimal_parse(text, len, &e8);
    if (amount_parse(text, len, &amount) != STATUS_OK) {
        FUZZ_CHECK(small != STATUS_OK);
        return;
    }
    FUZZ_CHECK(small != STATUS_INVALID && (small != STATUS_OK || amount.e8 == e8));
    size_t out_len = amount_write(out, amount);
    FUZZ_CHECK(out_len <= len && out_len < DECIMAL_TEXT_MAX);
    FUZZ_CHECK(amount_parse(out, out_len, &again) == STATUS_OK && again.e8 == amount.e8);
}

static uint128 magnitude(int128 value) {
    return value < 0 ? (uint128)0 - (uint128)value : (uint128)value;
}

static void check_product(int64_t a, int64_t b) {
    struct amount product = amount_product((struct quantity){a}, (struct price){b});
    uint128 exact = magnitude(a) * magnitude(b), rounded = magnitude(product.e8) * (uint128)DECIMAL_ONE;
    uint128 error = exact > rounded ? exact - rounded : rounded - exact;
    FUZZ_CHECK(error <= DECIMAL_ONE / 2);
    FUZZ_CHECK(error < DECIMAL_ONE / 2 || rounded > exact); /* a half goes away from zero */
    FUZZ_CHECK(product.e8 == 0 || (product.e8 < 0) == ((a < 0) != (b < 0)));
}

static void check_sums(struct amount a, struct amount b) {
    struct amount sum, back, product_of_none;
    if (amount_add(a, b, &sum) == STATUS_OK)
        FUZZ_CHECK(amount_subtract(sum, b, &back) == STATUS_OK && back.e8 == a.e8);
    else
        FUZZ_CHECK((a.e8 < 0) == (b.e8 < 0));
    product_of_none = amount_product((struct quantity){0}, (struct price){(int64_t)a.e8});
    FUZZ_CHECK(product_of_none.e8 == 0);
}

/* x / q x q is x but for the rounding; part / part is 100 %. */
static void check_quotients(struct amount a, struct amount b, int64_t divisor) {
    struct percent percent, mirrored;
    struct amount quotient;
    char out[DECIMAL_TEXT_MAX];
    enum status status = percent_of(a, b, &percent);
    FUZZ_CHECK((status == STATUS_NOT_FOUND) == (b.e8 == 0));
    if (status == STATUS_OK) {
        FUZZ_CHECK(percent_write(out, percent) < DECIMAL_TEXT_MAX);
        int128 lowest = (int128)((uint128)1 << 127);
        if (a.e8 != lowest)
            FUZZ_CHECK(percent_of((struct amount){-a.e8}, b, &mirrored) != STATUS_OK || mirrored.e4 == -percent.e4);
    }
    if (a.e8 != 0)
        FUZZ_CHECK(percent_of(a, a, &percent) == STATUS_OK && percent.e4 == 1000000);
    if (divisor == 0)
        return;
    struct amount small = {a.e8 % ((int128)1 << 90)};
    FUZZ_CHECK(amount_divide(small, (struct amount){divisor}, &quotient) == STATUS_OK);
    uint128 exact = magnitude(small.e8) * (uint128)DECIMAL_ONE, rounded = magnitude(quotient.e8) * magnitude(divisor);
    uint128 error = exact > rounded ? exact - rounded : rounded - exact;
    FUZZ_CHECK(2 * error <= magnitude(divisor));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int64_t factors[2] = {0};
    struct amount amounts[2] = {{0}};
    check_decimal_text((const char *)data, size);
    check_amount_text((const char *)data, size);
    memcpy(factors, data, size < sizeof factors ? size : sizeof factors);
    if (size > sizeof factors)
        memcpy(amounts, data + sizeof factors,
               size - sizeof factors < sizeof amounts ? size - sizeof factors : sizeof amounts);
    check_product(factors[0], factors[1]);
    check_sums(amounts[0], amounts[1]);
    check_quotients(amounts[0], amounts[1], factors[0]);
    return 0;
}
