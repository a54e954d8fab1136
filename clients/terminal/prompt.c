/* A signal meanwhile first lets the terminal show again what is typed, and then ends
 * the program. Thread: main. */
#include "terminal/prompt.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void on_signal(int number) {
    caught = number;
}

/* By plain reads: a buffer of stdio's would keep a copy. A signal ends it. */
static bool read_line(char out[PROMPT_SECRET_MAX + 1]) {
    size_t len = 0;
    char c = '\0';
    ssize_t n = 0;
    while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
        if (len == PROMPT_SECRET_MAX)
            return false;
        out[len++] = c;
    }
    if (len > 0 && out[len - 1] == '\r')
        len--;
    out[len] = '\0';
    return n >= 0 && len > 0;
}

bool prompt_secret(const char *who, char out[PROMPT_SECRET_MAX + 1]) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    enum { NUMBERS_N = sizeof numbers / sizeof numbers[0] };
    struct sigaction action = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN}, before[NUMBERS_N], stop;
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return read_line(out);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    caught = 0;
    for (size_t i = 0; i < NUMBERS_N; i++)
        (void)sigaction(numbers[i], &action, &before[i]);
    (void)sigaction(SIGTSTP, &ignore, &stop); /* a shell would show again what is typed, also after its fg */
    /* Hidden before it is asked for: who answers at once must not be shown, nor lost by the flush. */
    bool is_read = tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
    if (is_read) {
        (void)fprintf(stderr, "Password of %s: ", who);
        is_read = read_line(out);
    }
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    (void)fputc('\n', stderr);
    for (size_t i = 0; i < NUMBERS_N; i++)
        (void)sigaction(numbers[i], &before[i], NULL);
    (void)sigaction(SIGTSTP, &stop, NULL);
    if (caught)
        (void)raise(caught);
    return is_read && !caught;
}
