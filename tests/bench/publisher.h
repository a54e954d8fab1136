/* Ticks for the bench: a child that makes a publication of each line on its
 * standard input and answers "ok NUMBER" (`portfoliod publish -`, or a program
 * of a peer). A line is a batch of quotes: batch b moves every tenth symbol,
 * those whose number ends in b mod 10, so that a portfolio of consecutive symbols
 * is touched by each batch in a tenth of its positions; or always the same tenth.
 * Knows when each number was published. Thread: one. */
#ifndef PF_BENCH_PUBLISHER_H
#define PF_BENCH_PUBLISHER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PUBLISHER_SYMBOLS_MAX 500
#define PUBLISHER_CLASSES 10       /* of symbols: one a batch */
#define PUBLISHER_SEQS 65536       /* remembered times */
#define PUBLISHER_UNANSWERED_MAX 8 /* lines on their way */

struct publisher_config {
    char *const *argv;
    unsigned symbols_n;
    bool is_same_class; /* every batch moves the same symbols */
};

struct publisher {
    struct publisher_config config;
    pid_t pid;
    int to_fd, from_fd; /* its standard input and output */
    uint64_t batches_n, answers_n;
    uint64_t refused_n;
    int64_t waiting_us[PUBLISHER_SEQS]; /* when batch b was sent, at b mod PUBLISHER_SEQS */
    struct {
        uint64_t seq;
        int64_t published_us;
    } times[PUBLISHER_SEQS];
    char answer[256];
    size_t answer_len;
};

bool publisher_start(struct publisher *publisher, const struct publisher_config *config);
void publisher_stop(struct publisher *publisher);
/* Whether it still has more to publish than it should: no tick now. */
bool publisher_is_behind(const struct publisher *publisher);
/* Sends one batch now. */
void publisher_tick(struct publisher *publisher);
/* Sends a batch of the class, for the first prices. */
void publisher_price(struct publisher *publisher, unsigned class_number);
/* from_fd is readable: takes the answers. */
void publisher_read(struct publisher *publisher);
/* When the number was published; 0: not known (yet). */
int64_t publisher_time_us(const struct publisher *publisher, uint64_t seq);

#endif
