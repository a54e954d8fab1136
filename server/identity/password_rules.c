/* What may be a password. What is common is made of few things: words that many
 * take, runs of the alphabet or the keyboard, years, one character again and again.
 * So a password is taken apart into such pieces, and each counts for little. Our own
 * list of words is short; what it misses shows as long as it is no piece at all.
 * Thread: any; pure. */
#include "identity/password.h"

#include <string.h>

#define PIECE_WORTH 2
#define WORTH_MIN 8
#define RUN_MIN 3
#define FOLDED_MAX (PASSWORD_BYTES_MAX + 1)

/* In lower case. */
static const char *const words[] = {
    "password", "passwort", "passphrase", "passwd",   "pass",     "secret",   "geheim",        "login",
    "letmein",  "welcome",  "willkommen", "hello",    "hallo",    "admin",    "administrator", "root",
    "user",     "guest",    "test",       "testing",  "changeme", "change",   "default",       "master",
    "access",   "qwerty",   "azerty",     "qwertz",   "dragon",   "monkey",   "football",      "fussball",
    "baseball", "soccer",   "hockey",     "superman", "batman",   "starwars", "pokemon",       "princess",
    "sunshine", "shadow",   "iloveyou",   "trustno",  "whatever", "freedom",  "ninja",         "mustang",
    "michael",  "jennifer", "jordan",     "charlie",  "summer",   "winter",   "spring",        "autumn",
    "january",  "february", "march",      "april",    "june",     "july",     "august",        "september",
    "october",  "november", "december",   "monday",   "friday",   "company",  "portfolio",     "portfoliod",
    "stream",   "stock",    "stocks",     "money",    "market",   "invest",   "investment",    "bitcoin",
    "trading",  "server",   "database",   "computer", "internet", "google",   "apple",         "microsoft",
    "amazon",   "samsung",
};

static const char *const rows[] = {"qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl",       "zxcvbnm",
                                   "yxcvbnm",    "1234567890", "!@#$%^&*()", "1qaz2wsx3edc4rfv"};

struct folded {
    char text[FOLDED_MAX];  /* in lower case */
    char plain[FOLDED_MAX]; /* and digits and signs for the letters that they stand for */
    size_t len;
};

static char letter_of(char c) {
    static const char signs[] = "0134578@$!", letters[] = "oieastbasi";
    const char *found = c ? strchr(signs, c) : NULL;
    return found ? letters[found - signs] : c;
}

static void fold(const char *text, size_t len, struct folded *out) {
    out->len = len < FOLDED_MAX ? len : FOLDED_MAX - 1;
    for (size_t i = 0; i < out->len; i++) {
        char c = text[i];
        out->text[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        out->plain[i] = letter_of(out->text[i]);
    }
    out->text[out->len] = '\0';
    out->plain[out->len] = '\0';
}

static size_t characters_n(const char *text, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

/* --- pieces: how long the one is that begins at `at`; 0: none does --- */

static size_t word_at(const struct folded *it, size_t at) {
    size_t longest = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i]);
        bool is_there = strncmp(it->text + at, words[i], len) == 0 || strncmp(it->plain + at, words[i], len) == 0;
        if (is_there && len > longest)
            longest = len;
    }
    return longest;
}

/* aaaa, abcd, 9876 */
static size_t run_at(const struct folded *it, size_t at) {
    int step = at + 1 < it->len ? it->text[at + 1] - it->text[at] : 2;
    size_t len = 1;
    if (step < -1 || step > 1)
        return 0;
    while (at + len < it->len && it->text[at + len] - it->text[at + len - 1] == step)
        len++;
    return len >= RUN_MIN ? len : 0;
}

/* A piece of a row of the keyboard, in either direction. */
static size_t row_at(const struct folded *it, size_t at) {
    size_t longest = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *key = strchr(rows[i], it->text[at]);
        for (int step = -1; key && step <= 1; step += 2) {
            long place = key - rows[i], end = (long)strlen(rows[i]);
            size_t len = 0;
            for (; place >= 0 && place < end && at + len < it->len && rows[i][place] == it->text[at + len]; len++)
                place += step;
            if (len > longest)
                longest = len;
        }
    }
    return longest > RUN_MIN ? longest : 0;
}

static size_t year_at(const struct folded *it, size_t at) {
    const char *text = it->text + at;
    bool is_year = (strncmp(text, "19", 2) == 0 || strncmp(text, "20", 2) == 0) && strspn(text, "0123456789") >= 4;
    return is_year ? 4 : 0;
}

static size_t name_at(const struct folded *it, size_t at, const struct folded *name) {
    return name->len >= 3 && strncmp(it->text + at, name->text, name->len) == 0 ? name->len : 0;
}

static size_t longer(size_t a, size_t b) {
    return a > b ? a : b;
}

/* What it is worth up to `end`, a piece counting as PIECE_WORTH characters, one character again and again as itself. */
static size_t worth_of(const struct folded *it, size_t end, const struct folded *name) {
    size_t worth = 0;
    for (size_t at = 0; at < end;) {
        size_t len = longer(longer(word_at(it, at), run_at(it, at)), longer(row_at(it, at), year_at(it, at)));
        len = longer(len, name_at(it, at, name));
        bool is_one_key = len > PIECE_WORTH && it->text[at] == it->text[at + 1] && it->text[at] == it->text[at + 2];
        worth += len > PIECE_WORTH && !is_one_key ? PIECE_WORTH : 1;
        at += len > PIECE_WORTH ? len : 1;
    }
    return worth;
}

/* Of abcabcabca: 3. Its length when nothing comes again. */
static size_t period_of(const struct folded *it) {
    for (size_t period = 1; period <= it->len / 2; period++) {
        size_t i = period;
        while (i < it->len && it->text[i] == it->text[i - period])
            i++;
        if (i == it->len)
            return period;
    }
    return it->len;
}

const char *password_reason_against(const char *text, size_t len, const char *email) {
    struct folded it = {0}, name = {0}, address = {0};
    size_t chars_n = characters_n(text, len);
    if (chars_n < PASSWORD_CHARS_MIN)
        return "must have at least 10 characters";
    if (chars_n > PASSWORD_CHARS_MAX || len > PASSWORD_BYTES_MAX)
        return "must have at most 128 characters and 256 bytes";
    fold(text, len, &it);
    fold(email, strlen(email), &address);
    fold(email, strcspn(email, "@"), &name);
    if (address.len > 0 && strcmp(it.text, address.text) == 0)
        return "must not be the e-mail address";
    size_t worth = worth_of(&it, period_of(&it), &name);
    return worth < WORTH_MIN ? "is too easy to guess: it is made of common words, rows of keys, years or repetitions"
                             : NULL;
}
