/* links: pf_net pf_ops pf_base */
/* Addresses and routes come and go on a machine that runs containers; no
 * connection ends by that. In a network of the test's own. */
#include "unit/websocket_fixture.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#define CHANGES_N 20

/* False where this user may not have a network of its own. */
static bool enter_own_network(void) {
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK};
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
    close(fd);
    return true;
}

/* Gives the loopback interface a second address, another one each time: the one before goes. */
static void change_second_address(unsigned number) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    struct ifreq request = {.ifr_name = "lo:1"};
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a090900u + number)};
    memcpy(&request.ifr_addr, &address, sizeof address);
    assert_int_equal(ioctl(fd, SIOCSIFADDR, &request), 0);
    close(fd);
}

static int setup(void **state) {
    return enter_own_network() ? server_setup(state) : 0;
}

static int teardown(void **state) {
    return *state ? server_teardown(state) : 0;
}

static void test_changes_of_the_network_close_nothing(void **state) {
    struct server *server = *state;
    if (!server) {
        print_message("no network of its own for this user\n");
        skip();
        return;
    }
    struct raw_client client = open_client(server, 0);
    /* In this time the library would have read the routes. */
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    for (unsigned i = 1; i <= CHANGES_N; i++) {
        char text[16];
        snprintf(text, sizeof text, "text %u.", i);
        change_second_address(i);
        send_text(server, &client, text);
        fixture_until(server->loop, log_has(last_session(server), text) || client_is_over(&client));
        assert_false(client_is_over(&client));
    }
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    assert_false(client_is_over(&client));
    client_close(&client);
    fixture_until(server->loop, last_session(server)->is_closed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_changes_of_the_network_close_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
