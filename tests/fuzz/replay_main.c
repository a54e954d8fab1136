/* Runs a fuzz target over every file of the folders given: the corpora as
 * regression tests, in builds without a fuzzer. Refuses a folder without files,
 * so that a lost corpus does not pass. Thread: main. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

#define PATH_MAX_BYTES 4096
#define INPUT_MAX_BYTES (1 << 20)

/* The input in memory of exactly its size: a read past it is seen. */
static int run_file(const char *path) {
    static uint8_t buffer[INPUT_MAX_BYTES];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    size_t size = fread(buffer, 1, sizeof buffer, file);
    (void)fclose(file);
    uint8_t *input = malloc(size ? size : 1);
    if (!input)
        return 1;
    memcpy(input, buffer, size);
    (void)LLVMFuzzerTestOneInput(input, size);
    free(input);
    return 0;
}

static int run_folder(const char *folder) {
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    int files_n = 0;
    if (!entries) {
        perror(folder);
        return 1;
    }
    while ((entry = readdir(entries))) {
        char path[PATH_MAX_BYTES];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (run_file(path) != 0)
            break;
        files_n++;
    }
    (void)closedir(entries);
    (void)printf("%s: %d inputs\n", folder, files_n);
    return entry != NULL || files_n == 0;
}

int main(int argc, char **argv) {
    int failed = argc < 2;
    for (int i = 1; i < argc; i++)
        failed |= run_folder(argv[i]);
    return failed;
}
