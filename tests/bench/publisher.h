/* Ticks for the bench: `portfoliod publish -` as a child, one line of quotes a
 * batch. Batch b moves every tenth symbol, those whose number ends in b mod 10:
 * a portfolio of consecutive symbols is touched by each batch in a tenth of its
 * positions. Knows when each number of the bus was published. Thread: one. */
#ifndef PF_BENCH_PUBLISHER_H
#define PF_BENCH_PUBLISHER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PUBLISHER_SYMBOLS 500
#define PUBLISHER_CLASSES 10 /* of symbols: one a batch */
#define PUBLISHER_SEQS 65536 /* remembered times */

struct publisher {
    pid_t pid;
    int to_fd, from_fd; /* its standard input and output */
    uint64_t batches_n, answers_n;
    uint64_t refused_n;
    uint64_t newest_seq;
    int64_t waiting_us[PUBLISHER_SEQS]; /* when batch b was sent, at b mod PUBLISHER_SEQS */
    struct {
        uint64_t seq;
        int64_t published_us;
    } times[PUBLISHER_SEQS];
    char answer[256];
    size_t answer_len;
};

/* program: the server's binary. It gets the environment (REDIS_URL). */
bool publisher_start(struct publisher *publisher, const char *program);
void publisher_stop(struct publisher *publisher);
/* Sends one batch now. */
void publisher_tick(struct publisher *publisher);
/* from_fd is readable: takes the answers. */
void publisher_read(struct publisher *publisher);
/* When the number was published; 0: not known (yet). */
int64_t publisher_time_us(const struct publisher *publisher, uint64_t seq);

#endif
