/* Passwords from a terminal or a pipe. Refuses two that differ, and lines that are
 * too long. Thread: main. */
#include "app/password_prompt.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Room to see that a line is too long, and for its end. */
#define LINE_MAX_BYTES (FORM_PASSWORD_MAX + 3)

static bool line_read(char out[FORM_PASSWORD_MAX + 1]) {
    char line[LINE_MAX_BYTES + 1];
    (void)setvbuf(stdin, NULL, _IONBF, 0); /* else a copy stays in its buffer */
    bool is_read = fgets(line, sizeof line, stdin) != NULL;
    size_t len = is_read ? strcspn(line, "\r\n") : 0;
    is_read = len > 0 && len <= FORM_PASSWORD_MAX;
    if (is_read) {
        memcpy(out, line, len);
        out[len] = '\0';
    } else {
        (void)fprintf(stderr, "portfoliod: the password must be one line of 1 to %d bytes\n", FORM_PASSWORD_MAX);
    }
    explicit_bzero(line, sizeof line);
    return is_read;
}

static bool prompt(const char *text, char out[FORM_PASSWORD_MAX + 1]) {
    (void)fputs(text, stderr);
    bool is_read = line_read(out);
    (void)fputc('\n', stderr);
    return is_read;
}

bool password_prompt_read(char out[FORM_PASSWORD_MAX + 1]) {
    struct termios shown, hidden;
    char again[FORM_PASSWORD_MAX + 1];
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &shown) != 0)
        return line_read(out);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0)
        return false;
    bool is_read = prompt("Password: ", out) && prompt("The same again: ", again);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    if (is_read && strcmp(out, again) != 0) {
        (void)fprintf(stderr, "portfoliod: the two are not the same\n");
        is_read = false;
    }
    explicit_bzero(again, sizeof again);
    return is_read;
}
