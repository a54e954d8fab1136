/* portfolio-top: the command line, the locale, and the end. Thread: main. */
#include "terminal/options.h"
#include "terminal/top.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whoever started us without standard output must not get it into the next file or
 * socket that is opened: its number is taken, by what cannot be written (read). */
static void hold_standard_files(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static enum exit_code print_about(const struct options *options) {
    if (options->is_help)
        options_print_help(stdout);
    else
        (void)printf("portfolio-top %s\n", PF_VERSION);
    if (fflush(stdout) == 0)
        return EXIT_CODE_OK;
    (void)fprintf(stderr, "portfolio-top: cannot write: %s\n", strerror(errno));
    return EXIT_CODE_FAILED;
}

int main(int argc, char **argv) {
    struct options options;
    hold_standard_files();
    (void)setlocale(LC_CTYPE, "");
    if (options_read(argc, argv, stderr, &options) != STATUS_OK)
        return EXIT_CODE_USAGE;
    enum exit_code code = options.is_help || options.is_version ? print_about(&options) : top_run(&options);
    table_fini(&options.table);
    options_fini(&options);
    return (int)code;
}
