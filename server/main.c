/* portfoliod: subcommands and signals. Everything else is in the folders.
 * Thread: main. */
#include "app/api.h"
#include "app/audit_command.h"
#include "app/import_command.h"
#include "app/instance.h"
#include "app/key_command.h"
#include "app/user_command.h"
#include "feed/publish_command.h"
#include "ops/config.h"
#include "ops/log.h"
#include "ops/privileges.h"
#include "store/migrate.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STOP_MAX_S 9 /* the contract: within 10 s */

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int print_usage(FILE *out) {
    (void)fprintf(out, "portfoliod streams live portfolio gain and loss over WebSocket, with a REST API beside it.\n\n"
                       "usage: portfoliod COMMAND [--SETTING VALUE …]\n\n"
                       "  serve         run the server\n"
                       "  migrate       bring the database's schema up to date\n"
                       "  publish       publish prices: SYMBOL=PRICE[/PREVIOUS_CLOSE] …, or - for JSON lines\n"
                       "  import        take reference data of assets from a CSV file\n"
                       "  audit         verify the audit log, or list it\n"
                       "  key           list, add, use, remove the keys of access tokens\n"
                       "  user          add, list and change users\n"
                       "  token         print an access token for a user\n"
                       "  routes        print the methods and paths of the REST API; --access: and who may use them\n"
                       "  check-config  say whether the settings are valid\n"
                       "  version       print the version\n"
                       "  help          print this\n\n"
                       "portfoliod COMMAND --help tells more; the settings are those of serve --help.\n");
    return out == stdout ? EXIT_OK : EXIT_USAGE;
}

static bool wants_help(int argc, char *const *argv) {
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

/* Reads the settings, for config_fini; false after printing what is wrong. */
static bool read_config(struct config *config, int argc, char *const *argv) {
    char error[256];
    enum log_level level;
    if (config_read(config, argc, argv, error, sizeof error) != STATUS_OK) {
        (void)fprintf(stderr, "portfoliod: %s\n", error);
        return false;
    }
    if (!log_level_parse(config->log_level, &level)) {
        (void)fprintf(stderr, "portfoliod: LOG_LEVEL: '%s' is none of debug, info, warn, error\n", config->log_level);
        return false;
    }
    log_set_level(level);
    return true;
}

static int print_settings_help(const char *command) {
    (void)printf("usage: portfoliod %s [--SETTING VALUE …]\n\nSettings, from the environment or as flags "
                 "(FLUSH_MS=20, or --flush-ms 20):\n\n",
                 command);
    config_print_help(stdout);
    return EXIT_OK;
}

/* Goodbyes and statements that are under way have their time, but the process must not outlive it: a database that
 * hangs could hold the workers longer than whoever sent the signal waits. */
static void on_stop_overdue(int signal_number) {
    static const char line[] = "{\"level\":\"error\",\"event\":\"server.stop_overdue\"}\n";
    (void)signal_number;
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(EXIT_FAILED);
}

/* SIGTERM, SIGINT and SIGHUP are waited for here, by no other thread. */
static void wait_for_stop(const sigset_t *signals, struct instance *instance) {
    static const struct timespec look_each = {.tv_sec = 1};
    int signal_number = 0;
    while ((signal_number = sigtimedwait(signals, NULL, &look_each)) < 0 || signal_number == SIGHUP) {
        if (signal_number == SIGHUP)
            instance_reload(instance);
        else
            instance_look(instance);
    }
    (void)signal(SIGALRM, on_stop_overdue);
    (void)alarm(STOP_MAX_S);
    log_event(LOG_INFO, "server.stopping", LOG_TEXT("signal", signal_number == SIGTERM ? "SIGTERM" : "SIGINT"));
}

static int command_serve(const struct config *config) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    privileges_harden(config->core_dumps);
    struct instance instance;
    char error[256];
    if (instance_start(config, &instance, error, sizeof error) != STATUS_OK) {
        (void)fprintf(stderr, "portfoliod: %s\n", error);
        return EXIT_FAILED;
    }
    wait_for_stop(&signals, &instance);
    instance_stop(&instance);
    log_event(LOG_INFO, "server.stopped");
    return EXIT_OK;
}

static int command_migrate(const struct config *config) {
    char error[512];
    if (migrate_run(config->database_url, stdout, error, sizeof error) == STATUS_OK)
        return EXIT_OK;
    (void)fprintf(stderr, "portfoliod: migrate: %s\n", error);
    return EXIT_FAILED;
}

static int command_check(const struct config *config) {
    char error[256];
    if (instance_check(config, error, sizeof error) != STATUS_OK) {
        (void)fprintf(stderr, "portfoliod: %s\n", error);
        return EXIT_FAILED;
    }
    (void)printf("the settings are valid\n");
    return EXIT_OK;
}

/* Its arguments are prices, so its settings come from the environment, but --redis-url. */
static int command_publish(int argc, char *const *argv) {
    struct config config;
    if (!read_config(&config, 0, NULL))
        return EXIT_USAGE;
    int code = publish_command_run(&config, argc, argv);
    config_fini(&config);
    return code;
}

/* Likewise, but --database-url. */
static int command_import(int argc, char *const *argv) {
    struct config config;
    if (!read_config(&config, 0, NULL))
        return EXIT_USAGE;
    int code = import_command_run(&config, argc, argv);
    config_fini(&config);
    return code;
}

static int command_routes(int argc, char *const *argv) {
    if (argc > 1 || (argc == 1 && strcmp(argv[0], "--access") != 0)) {
        (void)fprintf(stderr, "portfoliod: routes: only --access can follow\n");
        return EXIT_USAGE;
    }
    if (argc == 1)
        api_print_access(stdout);
    else
        api_print_routes(stdout);
    return EXIT_OK;
}

/* Likewise. */
static int command_audit(int argc, char *const *argv) {
    struct config config;
    if (!read_config(&config, 0, NULL))
        return EXIT_USAGE;
    int code = audit_command_run(&config, argc, argv);
    config_fini(&config);
    return code;
}

/* Likewise, but --key-dir. */
static int command_key(int argc, char *const *argv) {
    struct config config;
    if (!read_config(&config, 0, NULL))
        return EXIT_USAGE;
    int code = key_command_run(&config, argc, argv);
    config_fini(&config);
    return code;
}

static int command_user(int (*run)(const struct config *config, int argc, char *const *argv), int argc,
                        char *const *argv) {
    struct config config;
    if (!read_config(&config, 0, NULL))
        return EXIT_USAGE;
    int code = run(&config, argc, argv);
    config_fini(&config);
    return code;
}

int main(int argc, char **argv) {
    if (argc < 2)
        return print_usage(stderr);
    const char *command = argv[1];
    struct config config;
    if (strcmp(command, "help") == 0 || strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0)
        return print_usage(stdout);
    if (strcmp(command, "version") == 0 || strcmp(command, "--version") == 0)
        return printf("portfoliod %s\n", PF_VERSION) > 0 ? EXIT_OK : EXIT_FAILED;
    if (strcmp(command, "routes") == 0)
        return command_routes(argc - 2, argv + 2);
    if (strcmp(command, "publish") == 0)
        return command_publish(argc - 2, argv + 2);
    if (strcmp(command, "import") == 0)
        return command_import(argc - 2, argv + 2);
    if (strcmp(command, "audit") == 0)
        return command_audit(argc - 2, argv + 2);
    if (strcmp(command, "key") == 0)
        return command_key(argc - 2, argv + 2);
    if (strcmp(command, "user") == 0)
        return command_user(user_command_run, argc - 2, argv + 2);
    if (strcmp(command, "token") == 0)
        return command_user(token_command_run, argc - 2, argv + 2);
    bool is_serve = strcmp(command, "serve") == 0;
    bool is_migrate = strcmp(command, "migrate") == 0;
    if (!is_serve && !is_migrate && strcmp(command, "check-config") != 0) {
        (void)fprintf(stderr, "portfoliod: no such command: %s\n\n", command);
        return print_usage(stderr);
    }
    if (wants_help(argc - 2, argv + 2))
        return print_settings_help(command);
    if (!read_config(&config, argc - 2, argv + 2))
        return EXIT_USAGE;
    int code = is_serve ? command_serve(&config) : is_migrate ? command_migrate(&config) : command_check(&config);
    config_fini(&config);
    return code;
}
