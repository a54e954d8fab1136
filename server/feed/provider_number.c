/* Decimal texts, digit by digit. Refuses what JSON does not call a number, and
 * what is too large for a price. Thread: any; pure. */
#include "feed/provider_number.h"

#include "base/decimal.h"

#include <stdbool.h>
#include <string.h>

#define DIGITS_KEPT 40 /* further ones cannot count: a result has 19 at most */
#define FLOAT_DIGITS 7
#define EXPONENT_MAX 1000

/* 0.d1d2d3… x 10^point; d1 is not 0 unless there are none. */
struct number {
    bool is_negative;
    int digits_n;
    int point;
    char digits[DIGITS_KEPT];
};

struct scan {
    const char *text;
    size_t len, at;
};

static char peek(const struct scan *scan) {
    return scan->at < scan->len ? scan->text[scan->at] : '\0';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void digit_add(struct number *number, char c, bool is_fraction) {
    if (number->digits_n == 0 && c == '0') {
        number->point -= is_fraction;
        return;
    }
    if (number->digits_n < DIGITS_KEPT)
        number->digits[number->digits_n++] = c;
    number->point += !is_fraction;
}

/* The digits at the cursor; false when there is none. A text is at most some
 * megabytes, so that point fits. */
static bool digits_read(struct scan *scan, struct number *number, bool is_fraction) {
    size_t first = scan->at;
    for (; is_digit(peek(scan)); scan->at++)
        digit_add(number, peek(scan), is_fraction);
    return scan->at > first;
}

static bool exponent_read(struct scan *scan, struct number *number) {
    int exponent = 0;
    size_t first;
    if (peek(scan) != 'e' && peek(scan) != 'E')
        return true;
    scan->at++;
    bool is_negative = peek(scan) == '-';
    if (is_negative || peek(scan) == '+')
        scan->at++;
    for (first = scan->at; is_digit(peek(scan)); scan->at++) {
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (peek(scan) - '0');
    }
    number->point += is_negative ? -exponent : exponent;
    return scan->at > first;
}

static bool number_read(const char *text, size_t len, struct number *ret_number) {
    struct scan scan = {.text = text, .len = len};
    struct number number = {0};
    if (len > 1000)
        return false;
    number.is_negative = peek(&scan) == '-';
    scan.at += number.is_negative;
    bool is_zero_first = peek(&scan) == '0';
    size_t first = scan.at;
    if (!digits_read(&scan, &number, false) || (is_zero_first && scan.at > first + 1))
        return false;
    if (peek(&scan) == '.') {
        scan.at++;
        if (!digits_read(&scan, &number, true))
            return false;
    }
    if (!exponent_read(&scan, &number) || scan.at != len)
        return false;
    while (number.digits_n > 0 && number.digits[number.digits_n - 1] == '0')
        number.digits_n--;
    *ret_number = number;
    return true;
}

/* Keeps n digits, rounded half away from zero. n may be below 0. */
static void number_round(struct number *number, int n) {
    if (n >= number->digits_n)
        return;
    if (n < 0) {
        number->digits_n = 0;
        return;
    }
    bool is_up = number->digits[n] >= '5';
    number->digits_n = n;
    while (is_up && number->digits_n > 0) {
        if (number->digits[number->digits_n - 1] != '9') {
            number->digits[number->digits_n - 1]++;
            return;
        }
        number->digits_n--;
    }
    if (is_up) { /* 99.9 became 100: a digit more in front */
        number->digits[0] = '1';
        number->digits_n = 1;
        number->point++;
    }
}

/* The whole part of the number; false when it is above `max`. */
static bool number_whole(const struct number *number, int64_t max, int64_t *ret_whole) {
    int64_t whole = 0;
    if (number->digits_n == 0 || number->point <= 0) {
        *ret_whole = 0;
        return true;
    }
    if (number->point > 19)
        return false;
    for (int i = 0; i < number->point; i++) {
        int digit = i < number->digits_n ? number->digits[i] - '0' : 0;
        if (whole > (max - digit) / 10)
            return false;
        whole = whole * 10 + digit;
    }
    *ret_whole = number->is_negative ? -whole : whole;
    return true;
}

enum status provider_number_parse(const char *text, size_t len, enum provider_digits digits, int64_t *ret_e8) {
    struct number number;
    if (!number_read(text, len, &number))
        return STATUS_INVALID;
    bool is_long = number.digits_n - number.point > 8;
    if (digits == PROVIDER_DIGITS_FLOAT && is_long)
        number_round(&number, FLOAT_DIGITS);
    number.point += 8;
    number_round(&number, number.point);
    return number_whole(&number, DECIMAL_MAX_E8, ret_e8) ? STATUS_OK : STATUS_OUT_OF_RANGE;
}

enum status provider_whole_parse(const char *text, size_t len, int64_t *ret_whole) {
    struct number number;
    if (!number_read(text, len, &number))
        return STATUS_INVALID;
    return number_whole(&number, INT64_MAX, ret_whole) ? STATUS_OK : STATUS_OUT_OF_RANGE;
}
