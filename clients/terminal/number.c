/* Works on the digits as they stand in the text. Thread: any; pure. */
#include "terminal/number.h"

#include <string.h>

#define WHOLE_MAX 40 /* digits before the point, */
#define FRACTION_MAX 16
#define CUT_OFF 20

struct digits {
    bool is_negative;
    const char *whole, *fraction;
    size_t whole_len, fraction_len; /* without leading and trailing zeros */
};

static size_t digits_at(const char *text) {
    return strspn(text, "0123456789");
}

static bool split(const char *text, struct digits *ret_digits) {
    struct digits it = {0};
    if (!text)
        return false;
    it.is_negative = *text == '-';
    it.whole = text + it.is_negative;
    it.whole_len = digits_at(it.whole);
    const char *end = it.whole + it.whole_len;
    it.fraction = *end == '.' ? end + 1 : end;
    it.fraction_len = *end == '.' ? digits_at(it.fraction) : 0;
    if (it.whole_len == 0 || it.fraction[it.fraction_len] != '\0')
        return false;
    for (; it.whole_len > 0 && *it.whole == '0'; it.whole++)
        it.whole_len--;
    while (it.fraction_len > 0 && it.fraction[it.fraction_len - 1] == '0')
        it.fraction_len--;
    if (it.whole_len > WHOLE_MAX || it.fraction_len > FRACTION_MAX)
        return false;
    *ret_digits = it;
    return true;
}

static int order(int compared) {
    return (compared > 0) - (compared < 0);
}

static int compare_sizes(const struct digits *a, const struct digits *b) {
    if (a->whole_len != b->whole_len)
        return a->whole_len < b->whole_len ? -1 : 1;
    int compared = memcmp(a->whole, b->whole, a->whole_len);
    if (compared != 0)
        return order(compared);
    size_t shared = a->fraction_len < b->fraction_len ? a->fraction_len : b->fraction_len;
    compared = memcmp(a->fraction, b->fraction, shared);
    if (compared != 0)
        return order(compared);
    return (a->fraction_len > shared) - (b->fraction_len > shared);
}

static int sign_of(const struct digits *it) {
    if (it->whole_len == 0 && it->fraction_len == 0)
        return 0;
    return it->is_negative ? -1 : 1;
}

int number_sign(const char *text) {
    struct digits it;
    return split(text, &it) ? sign_of(&it) : 0;
}

int number_compare(const char *a, const char *b) {
    struct digits x, y;
    bool is_x = split(a, &x), is_y = split(b, &y);
    if (!is_x || !is_y)
        return is_x - is_y;
    int sign_x = sign_of(&x), sign_y = sign_of(&y);
    if (sign_x != sign_y)
        return sign_x < sign_y ? -1 : 1;
    return sign_x * compare_sizes(&x, &y);
}

static size_t show_cut_off(char *out, const char *text) {
    size_t len = text ? strlen(text) : 0;
    if (len > CUT_OFF) {
        memcpy(out, text, CUT_OFF - 1);
        memcpy(out + CUT_OFF - 1, "~", 2);
        return CUT_OFF;
    }
    if (len > 0)
        memcpy(out, text, len);
    out[len] = '\0';
    return len;
}

/* Adds 1 to the last digit; the first one of all is a 0 with room for it. */
static void round_up(char *digits, size_t len) {
    while (len > 0 && digits[len - 1] == '9')
        digits[--len] = '0';
    if (len > 0)
        digits[len - 1]++;
}

size_t number_show(char out[NUMBER_SHOWN_MAX], const char *text, int decimals_min, int decimals_max) {
    struct digits it;
    char all[1 + WHOLE_MAX + FRACTION_MAX + 1] = "0";
    if (!split(text, &it))
        return show_cut_off(out, text);
    size_t decimals = it.fraction_len;
    if (decimals_max >= 0 && decimals > (size_t)decimals_max)
        decimals = (size_t)decimals_max;
    memcpy(all + 1, it.whole, it.whole_len);
    memcpy(all + 1 + it.whole_len, it.fraction, decimals);
    size_t len = 1 + it.whole_len + decimals;
    if (decimals < it.fraction_len && it.fraction[decimals] >= '5')
        round_up(all, len);
    bool is_zero = strspn(all, "0") >= len;
    size_t whole_len = 1 + it.whole_len, at = 0, first = 0, n = 0;
    while (first + 1 < whole_len && all[first] == '0')
        first++;
    if (it.is_negative && !is_zero)
        out[n++] = '-';
    for (at = first; at < whole_len; at++) {
        if (at > first && (whole_len - at) % 3 == 0)
            out[n++] = ',';
        out[n++] = all[at];
    }
    if (decimals > 0 || decimals_min > 0)
        out[n++] = '.';
    for (size_t i = 0; i < decimals || (decimals_min > 0 && i < (size_t)decimals_min); i++)
        out[n++] = i < decimals ? all[whole_len + i] : '0';
    out[n] = '\0';
    return n;
}
