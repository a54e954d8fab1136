/* Writes bars and corporate actions into $DATABASE_URL through the functions that
 * the server uses: what tests and the bench fill history with. Each line of
 * standard input is one row; all are saved in two transactions, bars first.
 *
 *   BAR SYMBOL DATE OPEN HIGH LOW CLOSE VOLUME   ("-": not known)
 *   SPLIT SYMBOL DATE FACTOR | DIVIDEND SYMBOL DATE AMOUNT | SPINOFF SYMBOL DATE FACTOR
 *
 * Answers "ok", or the name of the status that stopped it. Refuses lines it
 * cannot read: exit 2. */
#include "base/timestamp.h"
#include "store/bars.h"
#include "store/corporate_actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 8

struct history {
    struct bar *bars;
    struct corporate_action *actions;
    size_t bars_n, actions_n;
};

static bool grow(void **array, size_t n, size_t size) {
    if (n > 0 && (n & (n - 1)) != 0)
        return true; /* room until the next power of two */
    void *grown = realloc(*array, (n ? n * 2 : 1) * size);
    if (grown)
        *array = grown;
    return grown != NULL;
}

static size_t line_split(char *line, char *words[WORDS_MAX]) {
    size_t n = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " \n", &rest); word && n < WORDS_MAX; word = strtok_r(NULL, " \n", &rest))
        words[n++] = word;
    return n;
}

static bool decimal_read(const char *text, int64_t *ret_e8) {
    return strcmp(text, "-") == 0 || decimal_parse(text, strlen(text), ret_e8) == STATUS_OK;
}

static bool bar_read_words(char *words[WORDS_MAX], struct bar *bar) {
    bar->volume.e8 = -1;
    bool has_volume = strcmp(words[7], "-") != 0;
    return symbol_parse(words[1], strlen(words[1]), &bar->symbol) == STATUS_OK &&
           date_parse(words[2], strlen(words[2]), &bar->date) == STATUS_OK && decimal_read(words[3], &bar->open.e8) &&
           decimal_read(words[4], &bar->high.e8) && decimal_read(words[5], &bar->low.e8) &&
           decimal_read(words[6], &bar->close.e8) &&
           (!has_volume || amount_parse(words[7], strlen(words[7]), &bar->volume) == STATUS_OK);
}

static bool action_read_words(char *words[WORDS_MAX], struct corporate_action *action) {
    int64_t e8 = 0;
    if (symbol_parse(words[1], strlen(words[1]), &action->symbol) != STATUS_OK || !decimal_read(words[3], &e8))
        return false;
    action->type = strcmp(words[0], "SPLIT") == 0      ? ACTION_SPLIT
                   : strcmp(words[0], "DIVIDEND") == 0 ? ACTION_DIVIDEND
                                                       : ACTION_SPINOFF;
    action->amount.e8 = e8;
    if (action->type == ACTION_SPLIT && split_from_factor(e8, DECIMAL_ONE, &action->split) != STATUS_OK)
        action->type = ACTION_SPINOFF;
    return date_parse(words[2], strlen(words[2]), &action->split.date) == STATUS_OK;
}

static bool line_read(char *line, struct history *history) {
    char *words[WORDS_MAX];
    size_t n = line_split(line, words);
    if (n == 8 && strcmp(words[0], "BAR") == 0) {
        if (!grow((void **)&history->bars, history->bars_n, sizeof *history->bars))
            return false;
        struct bar *bar = &history->bars[history->bars_n++];
        *bar = (struct bar){0};
        return bar_read_words(words, bar);
    }
    if (n != 4 || !grow((void **)&history->actions, history->actions_n, sizeof *history->actions))
        return false;
    struct corporate_action *action = &history->actions[history->actions_n++];
    *action = (struct corporate_action){0};
    return action_read_words(words, action);
}

int main(void) {
    const char *url = getenv("DATABASE_URL");
    struct history history = {0};
    char line[256];
    bool is_read = true;
    while (is_read && fgets(line, sizeof line, stdin))
        is_read = line_read(line, &history);
    struct db_config config = {.name = "history", .database_url = url ? url : "", .statement_timeout_ms = 600000};
    struct db *db = NULL;
    enum status status = is_read ? db_create(&config, &db) : STATUS_INVALID;
    if (status == STATUS_OK)
        status = db_ready(db);
    if (status == STATUS_OK)
        status = bars_save(db, history.bars, history.bars_n, "test");
    if (status == STATUS_OK)
        status = corporate_actions_save(db, history.actions, history.actions_n, "test");
    (void)puts(status_name(status));
    db_destroy(&db);
    free(history.bars);
    free(history.actions);
    return status == STATUS_OK ? 0 : is_read ? 1 : 2;
}
