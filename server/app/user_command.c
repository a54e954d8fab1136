/* `portfoliod user`: adds, lists and changes users in the database. Servers that run
 * notice within a second. Refuses a password as an argument, and what the API
 * refuses. Thread: main. */
#include "app/user_command.h"

#include "app/api_password.h"
#include "app/password_prompt.h"
#include "base/timestamp.h"
#include "domain/role.h"
#include "store/customer_advisors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_TIMEOUT_MS 60000
#define LIST_PAGE 1000

enum { EXIT_DONE = 0, EXIT_NOT_DONE = 1, EXIT_BAD_USAGE = 2 };

static const char help[] =
    "usage: portfoliod user add EMAIL --role ROLE [--customer ID | --name NAME] [--no-password]\n"
    "       portfoliod user list [--role ROLE] [--email BEGINNING]\n"
    "       portfoliod user set EMAIL [--role ROLE] [--customer ID] [--email NEW] [--password]\n"
    "       portfoliod user disable EMAIL | enable EMAIL\n"
    "       portfoliod user assign EMAIL CUSTOMER_ID | unassign EMAIL CUSTOMER_ID\n"
    "\n"
    "  --role         user, advisor, service or admin\n"
    "  --customer     whose rows a user has; --name makes a new customer of that name\n"
    "  --no-password  who logs in by an outside identity provider\n"
    "  --password     a new one, which ends the user's sessions\n"
    "  assign         lets an advisor read a customer's rows\n"
    "\n"
    "A password is asked for, or read as a line of standard input; never an argument.\n"
    "All: --database-url URL; else DATABASE_URL. Servers that run notice within a second.\n";

struct options {
    const char *action, *email, *id_text; /* what stands there without a flag */
    const char *role, *customer, *name, *new_email, *url;
    bool has_no_password, is_password_new;
};

struct run {
    const struct config *config;
    const struct options *options;
    struct db *db;
    struct password_task task;
};

static int fail(const char *reason) {
    (void)fprintf(stderr, "portfoliod: user: %s\n", reason);
    return EXIT_NOT_DONE;
}

static int store_fail(const struct run *run, enum status status) {
    switch (status) {
    case STATUS_CONFLICT:
        return fail("somebody has this e-mail address already");
    case STATUS_INVALID:
        return fail("there is no such customer");
    case STATUS_OUT_OF_RANGE:
        return fail("a user needs a customer (--customer or --name), and no other role has one");
    case STATUS_PRECONDITION:
        return fail("somebody changed it meanwhile: look, and try again");
    case STATUS_HAS_DEPENDENTS:
        return fail("it is the last administrator: make another one first");
    default:
        (void)fprintf(stderr, "portfoliod: user: %s%s%s\n", status_name(status), *db_error(run->db) ? ": " : "",
                      db_error(run->db));
        return EXIT_NOT_DONE;
    }
}

/* --- what is printed --- */

static void user_print(const struct user *user) {
    char id[UUID_TEXT_LEN + 1], customer[UUID_TEXT_LEN + 1] = "-";
    uuid_write(id, &user->user_id);
    if (user->has_customer)
        uuid_write(customer, &user->customer_id);
    (void)printf("%s %-7s %s %s%s%s\n", id, user->role, customer, user->email, user->is_disabled ? " disabled" : "",
                 user->has_password ? ""
                 : user->issuer     ? " outside"
                                    : " no-password");
}

/* Of the one user in the rows, which are destroyed. */
static int rows_print(const struct run *run, struct db_rows *rows) {
    struct user user;
    enum status status = user_read(rows, 0, &user);
    if (status == STATUS_OK)
        user_print(&user);
    db_rows_destroy(&rows);
    return status == STATUS_OK ? EXIT_DONE : store_fail(run, status);
}

/* --- passwords --- */

/* Asks for one, judges and hashes it: into run->task.new_hash. */
static bool password_take(struct run *run, const char *email) {
    struct password_task *task = &run->task;
    struct problem problem;
    if (!password_prompt_read(task->new_text))
        return false;
    problem_init(&problem);
    password_judge(&problem, "the password", task->new_text, email);
    bool is_good = problem.code == ERROR_NONE;
    if (!is_good)
        (void)fail(problem.detail);
    problem_fini(&problem);
    if (!is_good)
        return false;
    password_task_run(task, run->config);
    explicit_bzero(task->new_text, sizeof task->new_text);
    if (task->status != STATUS_OK)
        (void)fail(status_name(task->status));
    return task->status == STATUS_OK;
}

/* --- the actions --- */

static bool id_read(const char *text, struct uuid *ret_id) {
    bool is_id = uuid_parse(text, strlen(text), ret_id) == STATUS_OK;
    if (!is_id)
        (void)fail("that is no customer's id");
    return is_id;
}

struct addition {
    struct run *run;
    const struct uuid *customer_id; /* NULL: none is named */
    struct db_rows *rows;
};

static enum status addition_run(struct db *db, void *context) {
    struct addition *it = context;
    const struct options *options = it->run->options;
    struct db_rows *customer_rows = NULL;
    struct customer customer;
    struct user_fields fields = {.email = options->email,
                                 .role = options->role,
                                 .customer_id = it->customer_id,
                                 .password_hash = it->run->task.new_hash};
    enum status status = STATUS_OK;
    db_rows_destroy(&it->rows);
    if (options->name) {
        struct customer_fields values = {.name = options->name, .email = options->email, .phone = "", .address = ""};
        status = customers_insert(db, &values, &customer_rows);
        if (status == STATUS_OK)
            status = customer_read(customer_rows, 0, &customer);
        fields.customer_id = &customer.customer_id;
    }
    if (status == STATUS_OK)
        status = users_insert(db, &fields, &it->rows);
    db_rows_destroy(&customer_rows);
    return status == STATUS_NOT_FOUND ? STATUS_INVALID : status;
}

static int user_add(struct run *run) {
    const struct options *options = run->options;
    struct addition it = {.run = run};
    struct uuid customer_id;
    if (options->customer) {
        if (!id_read(options->customer, &customer_id))
            return EXIT_NOT_DONE;
        it.customer_id = &customer_id;
    }
    if (!options->has_no_password && !password_take(run, options->email))
        return EXIT_NOT_DONE;
    enum status status = db_transaction(run->db, addition_run, &it);
    if (status == STATUS_OK)
        return rows_print(run, it.rows);
    db_rows_destroy(&it.rows);
    return store_fail(run, status);
}

static int user_list(struct run *run) {
    struct listing listing = {.limit = LIST_PAGE};
    struct users_filter filter = {.role = run->options->role, .email = run->options->new_email};
    bool has_more = true;
    while (has_more) {
        struct db_rows *rows = NULL;
        struct user user;
        enum status status = users_list(run->db, &listing, &filter, &rows);
        if (status != STATUS_OK)
            return store_fail(run, status);
        size_t n = db_rows_n(rows);
        has_more = n > listing.limit;
        for (size_t i = 0; i < n && i < listing.limit && status == STATUS_OK; i++) {
            status = user_read(rows, i, &user);
            if (status == STATUS_OK)
                user_print(&user);
        }
        if (status == STATUS_OK && has_more) {
            listing.has_after = true;
            listing.after_id = user.user_id;
            (void)snprintf(listing.after_key, sizeof listing.after_key, "%s", listing_key(rows, listing.limit - 1));
        }
        db_rows_destroy(&rows);
        if (status != STATUS_OK)
            return store_fail(run, status);
    }
    return EXIT_DONE;
}

static bool is_same(const char *header, const char *etag) {
    return strcmp(header, etag) == 0;
}

/* As it is but for what the options say. */
static int user_change(struct run *run, const struct user *user, bool is_disabled) {
    const struct options *options = run->options;
    struct precondition precondition = {.holds = is_same, .header = user->etag};
    struct user_fields fields = {.email = options->new_email ? options->new_email : user->email,
                                 .role = options->role ? options->role : user->role,
                                 .is_disabled = is_disabled};
    struct uuid customer_id = user->customer_id;
    struct db_rows *rows = NULL;
    if (options->customer && !id_read(options->customer, &customer_id))
        return EXIT_NOT_DONE;
    if (strcmp(fields.role, "user") == 0 && (options->customer || user->has_customer))
        fields.customer_id = &customer_id;
    if (options->is_password_new && !password_take(run, fields.email))
        return EXIT_NOT_DONE;
    fields.password_hash = run->task.new_hash;
    enum status status = users_update(run->db, &user->user_id, &precondition, &fields, &rows);
    return status == STATUS_OK ? rows_print(run, rows) : store_fail(run, status);
}

static int user_assign(struct run *run, const struct user *user, bool is_assigned) {
    static const char *const reasons[] = {
        [ASSIGNMENT_NO_CUSTOMER] = "there is no such customer",
        [ASSIGNMENT_NO_USER] = "there is no such user",
        [ASSIGNMENT_NO_ADVISOR] = "this user is no advisor",
        [ASSIGNMENT_TOO_MANY] = "this advisor has as many customers as one may have",
    };
    struct uuid customer_id;
    enum assignment found = ASSIGNMENT_DONE;
    if (!id_read(run->options->id_text, &customer_id))
        return EXIT_NOT_DONE;
    enum status status = is_assigned ? customer_advisors_assign(run->db, &customer_id, &user->user_id, &found)
                                     : customer_advisors_unassign(run->db, &customer_id, &user->user_id);
    if (status == STATUS_NOT_FOUND)
        return fail("this customer was not assigned");
    if (status != STATUS_OK)
        return store_fail(run, status);
    if (found != ASSIGNMENT_DONE && found != ASSIGNMENT_WAS_THERE)
        return fail(reasons[found]);
    user_print(user);
    return EXIT_DONE;
}

/* What is done with a user that is there. */
static int known_run(struct run *run) {
    const char *action = run->options->action;
    struct db_rows *rows = NULL;
    struct user user;
    enum status status = users_get_by_email(run->db, run->options->email, &rows);
    if (status == STATUS_NOT_FOUND)
        return fail("nobody has this e-mail address");
    if (status == STATUS_OK)
        status = user_read(rows, 0, &user);
    int code = EXIT_NOT_DONE;
    if (status != STATUS_OK)
        code = store_fail(run, status);
    else if (strcmp(action, "set") == 0)
        code = user_change(run, &user, user.is_disabled);
    else if (strcmp(action, "assign") == 0 || strcmp(action, "unassign") == 0)
        code = user_assign(run, &user, action[0] == 'a');
    else
        code = user_change(run, &user, strcmp(action, "disable") == 0);
    db_rows_destroy(&rows);
    return code;
}

static int action_run(struct run *run) {
    static const struct db_actor actor = {.name = "portfoliod user", .peer = "local"};
    struct db_config config = {
        .name = "user", .database_url = run->options->url, .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    enum status status = db_create(&config, &run->db);
    if (status != STATUS_OK)
        return fail(status_name(status));
    db_set_actor(run->db, &actor);
    status = db_ready(run->db);
    int code = EXIT_NOT_DONE;
    if (status != STATUS_OK)
        code = store_fail(run, status);
    else if (strcmp(run->options->action, "add") == 0)
        code = user_add(run);
    else if (strcmp(run->options->action, "list") == 0)
        code = user_list(run);
    else
        code = known_run(run);
    db_destroy(&run->db);
    password_task_fini(&run->task);
    return code;
}

/* --- arguments --- */

static int refuse_usage(const char *reason) {
    (void)fprintf(stderr, "portfoliod: user: %s\n\n%s", reason, help);
    return EXIT_BAD_USAGE;
}

static bool argument_read(struct options *options, int argc, char *const *argv, int *at) {
    const struct {
        const char *name;
        const char **value;
    } flags[] = {{"--role", &options->role},
                 {"--customer", &options->customer},
                 {"--name", &options->name},
                 {"--email", &options->new_email},
                 {"--database-url", &options->url}};
    const char *text = argv[*at];
    if (strcmp(text, "--no-password") == 0 || strcmp(text, "--password") == 0) {
        *(text[2] == 'n' ? &options->has_no_password : &options->is_password_new) = true;
        return true;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        size_t len = strlen(flags[i].name);
        if (strncmp(text, flags[i].name, len) != 0 || (text[len] != '=' && text[len] != '\0'))
            continue;
        if (text[len] == '\0' && *at + 1 >= argc)
            return false;
        *flags[i].value = text[len] == '=' ? text + len + 1 : argv[++*at];
        return true;
    }
    const char **free_place = !options->email ? &options->email : !options->id_text ? &options->id_text : NULL;
    if (!free_place || text[0] == '-')
        return false;
    *free_place = text;
    return true;
}

/* NULL: they can be acted on. */
static const char *options_judge(const struct options *options) {
    static const char *const actions[] = {"add", "list", "set", "disable", "enable", "assign", "unassign"};
    enum role role;
    size_t i = 0;
    while (i < sizeof actions / sizeof actions[0] && strcmp(actions[i], options->action) != 0)
        i++;
    if (i == sizeof actions / sizeof actions[0])
        return "what is to be done?";
    bool is_list = strcmp(options->action, "list") == 0;
    bool has_id = strstr(options->action, "assign") != NULL;
    if (is_list ? options->email != NULL : options->email == NULL || !form_is_email(options->email))
        return is_list ? "a list has no e-mail address" : "whose e-mail address?";
    if (has_id != (options->id_text != NULL))
        return has_id ? "which customer's id?" : "what is the last argument?";
    if (options->role && role_parse(options->role, strlen(options->role), &role) != STATUS_OK)
        return "there is no such role";
    if (strcmp(options->action, "add") == 0 && !options->role)
        return "which role?";
    if (strcmp(options->action, "set") == 0 && options->new_email && !form_is_email(options->new_email))
        return "that is no e-mail address";
    return options->customer && options->name ? "--customer or --name" : NULL;
}

int user_command_run(const struct config *config, int argc, char *const *argv) {
    struct options options = {.url = config->database_url};
    struct run run = {.config = config, .options = &options};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return printf("%s", help) > 0 ? EXIT_DONE : EXIT_NOT_DONE;
    }
    if (argc < 1)
        return refuse_usage("what is to be done?");
    options.action = argv[0];
    for (int at = 1; at < argc; at++) {
        if (!argument_read(&options, argc, argv, &at)) {
            char reason[160];
            (void)snprintf(reason, sizeof reason, "what is \"%.100s\"?", argv[at]);
            return refuse_usage(reason);
        }
    }
    const char *reason = options_judge(&options);
    return reason ? refuse_usage(reason) : action_run(&run);
}
