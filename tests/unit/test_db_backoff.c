/* When a connection is tried again that PostgreSQL refused. links: pf_store
 * pf_domain pf_thread pf_ops pf_base */
#include "store/db.h"
#include "unit/test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Refuses everybody, as PostgreSQL does while it starts. */
struct refuser {
    int listener;
    pthread_t thread;
    atomic_int refused_n;
    struct db_monitor *monitor; /* another worker's connection succeeds while the first one is tried */
};

static const char refusal[] = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0";

static void *refuser_run(void *context) {
    struct refuser *refuser = context;
    char request[512], answer[sizeof refusal + 5] = "E";
    uint32_t len = htonl((uint32_t)sizeof refusal + 4);
    memcpy(answer + 1, &len, sizeof len);
    memcpy(answer + 5, refusal, sizeof refusal);
    for (int fd; (fd = accept(refuser->listener, NULL, NULL)) >= 0; (void)close(fd)) {
        (void)!recv(fd, request, sizeof request, 0);
        if (atomic_fetch_add(&refuser->refused_n, 1) == 0)
            atomic_fetch_add(&refuser->monitor->connects_n, 1);
        (void)!send(fd, answer, sizeof answer, MSG_NOSIGNAL);
    }
    return NULL;
}

static void refuser_start(struct refuser *refuser, char *url, size_t url_len) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    refuser->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(refuser->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(refuser->listener, 4), 0);
    assert_int_equal(getsockname(refuser->listener, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(pthread_create(&refuser->thread, NULL, refuser_run, refuser), 0);
    (void)snprintf(url, url_len, "host=127.0.0.1 port=%u dbname=x user=x password=x sslmode=disable gssencmode=disable",
                   (unsigned)ntohs(address.sin_port));
}

static void refuser_stop(struct refuser *refuser) {
    (void)shutdown(refuser->listener, SHUT_RDWR);
    (void)pthread_join(refuser->thread, NULL);
    (void)close(refuser->listener);
}

static void test_anothers_success_during_the_attempt_ends_the_wait(void **state) {
    struct db_monitor monitor = {0};
    struct refuser refuser = {.monitor = &monitor};
    struct db *db = NULL;
    char url[128];
    (void)state;
    refuser_start(&refuser, url, sizeof url);
    const struct db_config config = {.name = "test", .database_url = url, .monitor = &monitor};
    assert_int_equal(db_create(&config, &db), STATUS_OK);
    assert_int_equal(db_ready(db), STATUS_UNAVAILABLE);
    assert_int_equal(atomic_load(&refuser.refused_n), 1);
    assert_int_equal(db_ready(db), STATUS_UNAVAILABLE);
    assert_int_equal(atomic_load(&refuser.refused_n), 2);
    db_destroy(&db);
    refuser_stop(&refuser);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_anothers_success_during_the_attempt_ends_the_wait)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
