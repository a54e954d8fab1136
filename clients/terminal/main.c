/* portfolio-top: the command line, the locale, and the end. Thread: main. */
#include "terminal/options.h"
#include "terminal/top.h"

#include <locale.h>
#include <stdio.h>

int main(int argc, char **argv) {
    struct options options;
    (void)setlocale(LC_CTYPE, "");
    if (options_read(argc, argv, stderr, &options) != STATUS_OK)
        return EXIT_CODE_USAGE;
    if (options.is_help)
        options_print_help(stdout);
    else if (options.is_version)
        (void)printf("portfolio-top %s\n", PF_VERSION);
    enum exit_code code = options.is_help || options.is_version ? EXIT_CODE_OK : top_run(&options);
    table_fini(&options.table);
    options_fini(&options);
    return (int)code;
}
