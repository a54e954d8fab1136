/* Asks for a password: on the terminal without showing it, or as one line of standard
 * input. Thread: main, before the screen. */
#ifndef PF_TERMINAL_PROMPT_H
#define PF_TERMINAL_PROMPT_H

#include <stdbool.h>

#define PROMPT_SECRET_MAX 256

/* False: there is none, or it is too long. */
bool prompt_secret(const char *who, char out[PROMPT_SECRET_MAX + 1]);

#endif
