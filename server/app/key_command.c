/* `portfoliod key`: makes, lists, promotes and removes keys of KEY_DIR. A running
 * server takes notice within about a second. Refuses to remove the last key that can sign.
 * Thread: main. */
#include "app/key_command.h"

#include "app/command_actor.h"
#include "identity/key_file.h"
#include "identity/key_ring.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_BAD_USAGE = 2 };

static const char help[] = "Usage: portfoliod key list | add [--standby] | use NAME | remove NAME   [--key-dir DIR]\n"
                           "\n"
                           "The keys that sign access tokens: the *.pem files of KEY_DIR. The last private one\n"
                           "by name signs, all verify. A running server takes up changes within about a second.\n"
                           "\n"
                           "  list           print file, algorithm, bits, kid, and what each does\n"
                           "  add            make an ES256 key that signs from then on\n"
                           "  add --standby  make one that only verifies as yet: for several servers\n"
                           "  use NAME       have that key sign (renames its file)\n"
                           "  remove NAME    delete it: tokens that it signed, and their streams, end\n"
                           "\n"
                           "NAME is a file's name or a kid. To change the key of several servers while they run:\n"
                           "add --standby; when all have it, use; and when ACCESS_TOKEN_S is over, remove the\n"
                           "old one. A server whose KEY_DIR is a copy has it when the copy does.\n";

static int refuse_usage(const char *reason) {
    (void)fprintf(stderr, "portfoliod: key: %s\n\n%s", reason, help);
    return EXIT_BAD_USAGE;
}

static int fail(const char *what, const char *reason) {
    (void)fprintf(stderr, "portfoliod: key: %s: %s\n", what, reason);
    return EXIT_FAILED;
}

static int keys_list(const char *dir) {
    struct key_ring *ring;
    char reason[512];
    if (key_ring_open(dir, false, &ring, reason, sizeof reason) != STATUS_OK)
        return fail("list", reason);
    for (size_t i = 0; i < key_ring_size(ring); i++) {
        const struct jwt_key *key = key_ring_at(ring, i);
        (void)printf("%s  %s  %u  %s  %s\n", key_ring_file(ring, i), jwt_algorithm_text(jwt_key_algorithm(key)),
                     jwt_key_bits(key), jwt_key_kid(key),
                     key == key_ring_signer(ring) ? "signs"
                     : jwt_key_can_sign(key)      ? "verifies"
                                                  : "verifies (public)");
    }
    key_ring_unref(&ring);
    return EXIT_DONE;
}

static int key_add(const char *dir, bool is_standby) {
    char name[KEY_FILE_NAME_MAX + 1], reason[512];
    int dir_fd;
    if (key_dir_open(dir, true, &dir_fd, reason, sizeof reason) != STATUS_OK)
        return fail(dir, reason);
    enum status status = key_file_create(dir_fd, is_standby, name, reason, sizeof reason);
    key_dir_close(dir_fd);
    if (status != STATUS_OK)
        return fail(dir, reason);
    (void)printf("%s\n", name);
    return EXIT_DONE;
}

/* Whether this is the key that is named, by its file or its kid. */
static bool is_named(const struct key_ring *ring, size_t at, const char *name) {
    return strcmp(key_ring_file(ring, at), name) == 0 || strcmp(jwt_key_kid(key_ring_at(ring, at)), name) == 0;
}

/* The key that is named; *ret_others_n: how many others can sign. False: it was said why not. */
static bool key_find(const char *dir, const char *name, char ret_file[KEY_FILE_NAME_MAX + 1], bool *ret_can_sign,
                     size_t *ret_others_n) {
    struct key_ring *ring;
    char reason[512];
    bool is_found = false;
    size_t others_n = 0;
    if (key_ring_open(dir, false, &ring, reason, sizeof reason) != STATUS_OK) {
        (void)fail(name, reason);
        return false;
    }
    for (size_t i = 0; i < key_ring_size(ring); i++) {
        bool can_sign = jwt_key_can_sign(key_ring_at(ring, i));
        if (is_named(ring, i, name)) {
            is_found = true;
            *ret_can_sign = can_sign;
            (void)snprintf(ret_file, KEY_FILE_NAME_MAX + 1, "%s", key_ring_file(ring, i));
        } else {
            others_n += can_sign;
        }
    }
    key_ring_unref(&ring);
    *ret_others_n = others_n;
    if (!is_found)
        (void)fail(name, "there is no such key");
    return is_found;
}

static int key_remove(const char *dir, const char *name) {
    char file[KEY_FILE_NAME_MAX + 1], reason[512];
    size_t others_n;
    bool can_sign;
    int dir_fd;
    if (!key_find(dir, name, file, &can_sign, &others_n))
        return EXIT_FAILED;
    if (others_n == 0)
        return fail(file, "it is the only one that can sign; add another first");
    if (key_dir_open(dir, false, &dir_fd, reason, sizeof reason) != STATUS_OK)
        return fail(dir, reason);
    enum status status = key_file_remove(dir_fd, file, reason, sizeof reason);
    key_dir_close(dir_fd);
    return status == STATUS_OK ? EXIT_DONE : fail(file, reason);
}

static int key_use(const char *dir, const char *name) {
    char file[KEY_FILE_NAME_MAX + 1], now[KEY_FILE_NAME_MAX + 1], reason[512];
    size_t others_n;
    bool can_sign;
    int dir_fd;
    if (!key_find(dir, name, file, &can_sign, &others_n))
        return EXIT_FAILED;
    if (!can_sign)
        return fail(file, "it has no private part");
    if (key_dir_open(dir, false, &dir_fd, reason, sizeof reason) != STATUS_OK)
        return fail(dir, reason);
    enum status status = key_file_promote(dir_fd, file, now, reason, sizeof reason);
    key_dir_close(dir_fd);
    if (status != STATUS_OK)
        return fail(file, reason);
    (void)printf("%s\n", now);
    return EXIT_DONE;
}

/* What stands on the command line. */
struct words {
    const char *action, *name, *dir;
    bool is_standby;
};

static const char *words_read(struct words *words, int argc, char *const *argv) {
    for (int at = 0; at < argc; at++) {
        const char *word = argv[at];
        if (strcmp(word, "--standby") == 0)
            words->is_standby = true;
        else if (strncmp(word, "--key-dir=", 10) == 0)
            words->dir = word + 10;
        else if (strcmp(word, "--key-dir") == 0 && at + 1 < argc)
            words->dir = argv[++at];
        else if (strncmp(word, "--", 2) == 0)
            return "there is no such flag, or its value is missing";
        else if (!words->action)
            words->action = word;
        else if (!words->name)
            words->name = word;
        else
            return "too many words";
    }
    if (!words->dir[0])
        return "which directory? KEY_DIR is not set";
    return words->action ? NULL : "list, add, use or remove?";
}

int key_command_run(const struct config *config, int argc, char *const *argv) {
    struct words words = {.dir = config->key_dir};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return printf("%s", help) > 0 ? EXIT_DONE : EXIT_FAILED;
    }
    const char *problem = words_read(&words, argc, argv);
    if (problem)
        return refuse_usage(problem);
    bool is_add = strcmp(words.action, "add") == 0, is_list = strcmp(words.action, "list") == 0;
    bool is_use = strcmp(words.action, "use") == 0, is_remove = strcmp(words.action, "remove") == 0;
    if (words.is_standby && !is_add)
        return refuse_usage("--standby goes with add");
    if ((is_add || is_list) && words.name)
        return refuse_usage("too many words");
    if ((is_use || is_remove) && !words.name)
        return refuse_usage("which key?");
    if (is_list)
        return keys_list(words.dir);
    if (!is_add && !is_use && !is_remove)
        return refuse_usage("list, add, use or remove?");
    int code = is_add   ? key_add(words.dir, words.is_standby)
               : is_use ? key_use(words.dir, words.name)
                        : key_remove(words.dir, words.name);
    struct audit_event event = {.entity = "keys", .entity_id = words.name};
    event.action = is_add ? "key_added" : is_use ? "key_used" : "key_removed";
    if (code == EXIT_DONE)
        command_audit(config, "key", &event);
    return code;
}
