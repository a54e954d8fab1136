/* Reads the totals of a state document. Thread: any; pure. */
#include "terminal/summary.h"

#include "terminal/document.h"
#include "terminal/number.h"
#include "terminal/safe_text.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *heading, *member, *percent_member;
    bool is_change, is_count;
} kinds[] = {
    {"VALUE", "total_value", NULL, false, false},
    {"CASH", "cash_balance", NULL, false, false},
    {"COST", "cost_basis", NULL, false, false},
    {"GAIN", "gain_loss", "gain_loss_percent", true, false},
    {"DAY", "day_change", "day_change_percent", true, false},
    {"UNPRICED", "unpriced", NULL, false, true},
};

size_t summary_parts(const json_t *data, bool is_exact, struct summary_part parts[SUMMARY_PARTS_MAX]) {
    const json_t *totals = json_object_get(data, "totals");
    size_t n = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *number = document_number(totals, kinds[i].member);
        const char *percent = kinds[i].percent_member ? document_number(totals, kinds[i].percent_member) : NULL;
        char shown[NUMBER_SHOWN_MAX], shown_percent[NUMBER_SHOWN_MAX];
        /* That all rows have prices is not worth a word. */
        if (!number || (kinds[i].is_count && number_sign(number) == 0))
            continue;
        (void)number_show(shown, number, kinds[i].is_count ? 0 : 2, is_exact ? NUMBER_EXACT : 2);
        struct summary_part *part = &parts[n++];
        part->heading = kinds[i].heading;
        part->tone = kinds[i].is_change ? number_sign(number) : 0;
        if (percent) {
            (void)number_show(shown_percent, percent, 2, is_exact ? NUMBER_EXACT : 2);
            (void)snprintf(part->text, sizeof part->text, "%s (%s%%)", shown, shown_percent);
        } else {
            (void)snprintf(part->text, sizeof part->text, "%s", shown);
        }
    }
    return n;
}

void summary_title(const json_t *data, bool is_utf8, struct strbuf *out) {
    const char *name = document_string(data, "portfolio_name"), *currency = document_string(data, "base_currency");
    if (name)
        (void)safe_text_append(out, name, strlen(name), SUMMARY_NAME_COLUMNS_MAX, is_utf8);
    if (currency) {
        strbuf_append_text(out, "  ");
        (void)safe_text_append(out, currency, strlen(currency), SUMMARY_NAME_COLUMNS_MAX, is_utf8);
    }
}
