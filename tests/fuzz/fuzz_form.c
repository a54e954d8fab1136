/* The fields of a REST body: whatever a body holds, each reader takes a legal
 * value or names what is wrong, never both, never neither. Each field is read in
 * every way there is. */
#include "app/form.h"
#include "base/timestamp.h"
#include "domain/currency.h"
#include "fuzz.h"
#include "protocol/json_exact.h"

#include <string.h>

#define SYMBOLS_MAX 5
#define TEXT_MAX 20

static const char *const fields[] = {"quantity", "email", "symbols", "type", ""};
static const char *const choices[] = {"BUY", "SELL", NULL};

static bool is_absent(const struct form *form, const char *field) {
    const json_t *value = json_object_get(form->object, field);
    return !value || json_is_null(value);
}

/* What was not taken is named; what was taken is not. */
static void check_told(const struct form *form, const char *field, bool is_taken, enum form_presence presence) {
    const struct problem *problem = form->problem;
    bool is_told = problem->fields_n > 0;
    if (is_taken)
        FUZZ_CHECK(!is_told && !is_absent(form, field));
    else
        FUZZ_CHECK(is_told == (presence == FORM_REQUIRED || !is_absent(form, field)));
    FUZZ_CHECK(is_told == (problem->code != ERROR_NONE) && problem->fields_n <= PROBLEM_FIELDS_MAX);
    for (size_t i = 0; i < problem->fields_n; i++) {
        FUZZ_CHECK(strncmp(problem->fields[i].field, field, strlen(field)) == 0);
        FUZZ_CHECK(problem->fields[i].detail[0] &&
                   memchr(problem->fields[i].detail, 0, sizeof problem->fields[i].detail));
    }
    problem_init(form->problem);
}

static void read_texts(const struct form *form, const char *field, enum form_presence presence) {
    char text[4 * TEXT_MAX + 1], email[FORM_EMAIL_MAX + 1];
    const char *choice = NULL;
    bool is_taken = form_text(form, field, presence, TEXT_MAX, false, text, sizeof text);
    FUZZ_CHECK(!is_taken || (text[0] && strlen(text) < sizeof text && !strpbrk(text, "\n\r\t")));
    check_told(form, field, is_taken, presence);
    is_taken = form_text(form, field, presence, TEXT_MAX, true, text, sizeof text);
    FUZZ_CHECK(!is_taken || text[0]);
    check_told(form, field, is_taken, presence);
    is_taken = form_email(form, field, email);
    FUZZ_CHECK(!is_taken || form_is_email(email));
    check_told(form, field, is_taken, FORM_REQUIRED);
    is_taken = form_choice(form, field, choices, &choice);
    FUZZ_CHECK(is_taken == (choice != NULL));
    check_told(form, field, is_taken, FORM_REQUIRED);
}

static void read_numbers(const struct form *form, const char *field, enum form_presence presence) {
    int64_t e8 = -1, ms = 0;
    int32_t days = 0;
    bool is_taken = form_decimal(form, field, presence, FORM_POSITIVE, &e8);
    FUZZ_CHECK(is_taken ? e8 > 0 : e8 == -1);
    check_told(form, field, is_taken, presence);
    is_taken = form_decimal(form, field, presence, FORM_NOT_NEGATIVE, &e8);
    FUZZ_CHECK(e8 >= (is_taken ? 0 : -1));
    check_told(form, field, is_taken, presence);
    check_told(form, field, form_date(form, field, presence, &days), presence);
    check_told(form, field, form_timestamp(form, field, presence, &ms), presence);
}

static void read_names(const struct form *form, const char *field, enum form_presence presence) {
    struct uuid uuid;
    struct symbol symbol, *symbols = NULL;
    struct currency currency;
    size_t n = 0;
    check_told(form, field, form_uuid(form, field, presence, &uuid), presence);
    bool is_taken = form_symbol(form, field, &symbol);
    FUZZ_CHECK(!is_taken || (symbol.len >= 1 && symbol.len <= SYMBOL_MAX && symbol.text[symbol.len] == '\0'));
    check_told(form, field, is_taken, FORM_REQUIRED);
    is_taken = form_currency(form, field, presence, &currency);
    FUZZ_CHECK(!is_taken || strlen(currency.code) == 3);
    check_told(form, field, is_taken, presence);
    is_taken = form_symbols(form, field, presence, SYMBOLS_MAX, &symbols, &n);
    FUZZ_CHECK(is_taken ? n >= 1 && n <= SYMBOLS_MAX : !symbols);
    check_told(form, field, is_taken, presence);
    free(symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    json_t *body = NULL;
    char error[128];
    struct problem problem;
    if (json_exact_parse((const char *)data, size, &body, error, sizeof error) != STATUS_OK)
        return 0;
    if (json_is_object(body)) {
        struct form form = {body, &problem};
        problem_init(&problem);
        for (size_t i = 0; i < 2 * sizeof fields / sizeof *fields; i++) {
            enum form_presence presence = i % 2 ? FORM_REQUIRED : FORM_OPTIONAL;
            read_texts(&form, fields[i / 2], presence);
            read_numbers(&form, fields[i / 2], presence);
            read_names(&form, fields[i / 2], presence);
        }
    }
    json_decref(body);
    return 0;
}
