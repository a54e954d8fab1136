/* Talks to the child through two pipes. Thread: one. */
#include "publisher.h"

#include "process_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MAX_BYTES 16384

bool publisher_start(struct publisher *publisher, const struct publisher_config *config) {
    int to[2], from[2];
    publisher->config = *config;
    publisher->pid = -1;
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return false;
    publisher->pid = fork();
    if (publisher->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        execvp(config->argv[0], config->argv);
        perror(config->argv[0]);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    publisher->to_fd = to[1];
    publisher->from_fd = from[0];
    return publisher->pid > 0 && fcntl(from[0], F_SETFL, O_NONBLOCK) == 0;
}

void publisher_stop(struct publisher *publisher) {
    if (publisher->pid <= 0)
        return;
    close(publisher->to_fd);
    waitpid(publisher->pid, NULL, 0);
    close(publisher->from_fd);
    publisher->pid = -1;
}

/* A price that is another one each time a symbol's turn comes. */
static size_t write_quote(char *out, size_t room, uint64_t batch, unsigned symbol) {
    unsigned cents = (unsigned)((batch * 37 + (uint64_t)symbol * 11) % 1000);
    int n = snprintf(out, room, "{\"symbol\":\"S%03u\",\"price\":%u.%02u,\"previous_close\":%u}", symbol,
                     100 + symbol + cents / 100, cents % 100, 100 + symbol);
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

bool publisher_is_behind(const struct publisher *publisher) {
    return publisher->batches_n - publisher->answers_n >= PUBLISHER_UNANSWERED_MAX;
}

void publisher_tick(struct publisher *publisher) {
    publisher_price(publisher,
                    publisher->config.is_same_class ? 0 : (unsigned)(publisher->batches_n % PUBLISHER_CLASSES));
}

void publisher_price(struct publisher *publisher, unsigned class_number) {
    char line[LINE_MAX_BYTES];
    size_t len = 0;
    uint64_t batch = publisher->batches_n++;
    for (unsigned symbol = class_number; symbol < publisher->config.symbols_n; symbol += PUBLISHER_CLASSES) {
        line[len] = len == 0 ? '[' : ',';
        len++;
        len += write_quote(line + len, sizeof line - len - 2, batch, symbol);
    }
    line[len++] = ']';
    line[len++] = '\n';
    publisher->waiting_us[batch % PUBLISHER_SEQS] = monotonic_us();
    for (size_t sent = 0; sent < len;) {
        ssize_t n = write(publisher->to_fd, line + sent, len - sent);
        if (n < 0 && errno != EINTR) {
            perror("load_client: publisher");
            exit(1);
        }
        sent += n > 0 ? (size_t)n : 0;
    }
}

static void take_answer(struct publisher *publisher, const char *answer) {
    int64_t sent_us = publisher->waiting_us[publisher->answers_n++ % PUBLISHER_SEQS];
    char *end = NULL;
    uint64_t seq = strncmp(answer, "ok ", 3) == 0 ? strtoull(answer + 3, &end, 10) : 0;
    if (!end || end == answer + 3) {
        if (publisher->refused_n++ == 0)
            (void)fprintf(stderr, "load_client: publish answered: %s\n", answer);
        return;
    }
    publisher->times[seq % PUBLISHER_SEQS].seq = seq;
    publisher->times[seq % PUBLISHER_SEQS].published_us = sent_us;
}

void publisher_read(struct publisher *publisher) {
    char c;
    while (read(publisher->from_fd, &c, 1) == 1) { /* a few bytes a batch */
        if (c == '\n') {
            publisher->answer[publisher->answer_len] = '\0';
            publisher->answer_len = 0;
            take_answer(publisher, publisher->answer);
        } else if (publisher->answer_len < sizeof publisher->answer - 1) {
            publisher->answer[publisher->answer_len++] = c;
        }
    }
}

int64_t publisher_time_us(const struct publisher *publisher, uint64_t seq) {
    return publisher->times[seq % PUBLISHER_SEQS].seq == seq ? publisher->times[seq % PUBLISHER_SEQS].published_us : 0;
}
