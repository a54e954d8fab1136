/* A new password from whoever runs a command: typed twice without being shown, or
 * one line of standard input. Never from an argument, which everybody on the
 * machine can read. Thread: main. */
#ifndef PF_APP_PASSWORD_PROMPT_H
#define PF_APP_PASSWORD_PROMPT_H

#include "app/form_account.h"

/* False after saying why on standard error. */
bool password_prompt_read(char out[FORM_PASSWORD_MAX + 1]);

#endif
