/* Thread: main. */
#include "terminal/credential.h"

#include "ops/secret_file.h"

#include <stdlib.h>
#include <string.h>

struct credential {
    const struct options *options;
    char *of_file;
    char error[200];
};

enum status credential_create(const struct options *options, struct credential **ret_credential) {
    struct credential *credential = calloc(1, sizeof *credential);
    if (!credential)
        return STATUS_NO_MEMORY;
    credential->options = options;
    *ret_credential = credential;
    return STATUS_OK;
}

void credential_destroy(struct credential *credential) {
    secret_file_free(credential->of_file);
    free(credential);
}

const char *credential_token(struct credential *credential, const char **ret_error) {
    *ret_error = NULL;
    if (!credential->options->token_file)
        return credential->options->token;
    secret_file_free(credential->of_file);
    credential->of_file = NULL;
    if (secret_file_read(credential->options->token_file, &credential->of_file, credential->error,
                         sizeof credential->error) == STATUS_OK)
        return credential->of_file;
    *ret_error = credential->error;
    return NULL;
}
