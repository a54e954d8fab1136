/* Publishes for the peers that pass bytes on: one message for each line of its
 * standard input, and "ok NUMBER" on its standard output when it is sent.
 *
 *     peer_publisher nats|mqtt|http|line PORT BYTES
 *
 * A message is its number in 20 digits and filling, BYTES in all, a few more or
 * less at random as messages are that somebody composes. It waits where
 * the protocol has something to wait for (HTTP's answer; nobody queues here), and
 * ends with an error when the server refuses, says what it should not, or goes.
 * Thread: one. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ANSWER_MAX 16384 /* the longest that is looked at as a whole; NATS' INFO */
#define LINES_MAX 65536
#define STAMP_DIGITS 20
#define BYTES_MIN (STAMP_DIGITS + 1)
#define BYTES_MAX 65536
#define VARIATION_BYTES 32 /* as the limit's frames; shorter messages do not vary */
#define PATIENCE_S 60

struct peer {
    int fd;
    char answer[ANSWER_MAX]; /* what came and is not taken */
    size_t answer_len;
};

struct protocol {
    const char *name;
    void (*begin)(struct peer *peer);
    /* What stands before and after a payload of len bytes. */
    size_t (*write_head)(char *out, size_t room, size_t len);
    const char *tail;
    /* Something came; takes what is whole. May be called with nothing new. */
    void (*read)(struct peer *peer);
    bool (*is_answered)(struct peer *peer); /* takes the answer to a message; NULL: none is waited for */
};

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("peer_publisher: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void send_all(struct peer *peer, struct iovec *pieces, int pieces_n) {
    while (pieces_n > 0) {
        const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = (size_t)pieces_n};
        ssize_t n = sendmsg(peer->fd, &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            fail("send: %s", strerror(errno));
        size_t sent = (size_t)n;
        for (; pieces_n > 0 && sent >= pieces->iov_len; pieces++, pieces_n--)
            sent -= pieces->iov_len;
        if (pieces_n > 0) {
            pieces->iov_base = (char *)pieces->iov_base + sent;
            pieces->iov_len -= sent;
        }
    }
}

static void send_text(struct peer *peer, const char *text, size_t len) {
    char copy[256];
    if (len > sizeof copy)
        fail("a message of %zu bytes", len);
    memcpy(copy, text, len);
    struct iovec piece = {.iov_base = copy, .iov_len = len};
    send_all(peer, &piece, 1);
}

/* Waits for something and appends it. */
static void receive(struct peer *peer) {
    if (peer->answer_len == sizeof peer->answer)
        fail("an answer without an end: %.200s", peer->answer);
    ssize_t n = recv(peer->fd, peer->answer + peer->answer_len, sizeof peer->answer - peer->answer_len, 0);
    if (n <= 0)
        fail("the server has gone: %s", n == 0 ? "closed" : strerror(errno));
    peer->answer_len += (size_t)n;
}

static void take(struct peer *peer, size_t len) {
    peer->answer_len -= len;
    memmove(peer->answer, peer->answer + len, peer->answer_len);
}

/* --- NATS over TCP --- */

/* Takes the lines; returns how many of them were PONG. */
static unsigned nats_lines(struct peer *peer) {
    unsigned pongs_n = 0;
    const char *end;
    while ((end = memmem(peer->answer, peer->answer_len, "\r\n", 2)) != NULL) {
        size_t len = (size_t)(end - peer->answer);
        if (len == 4 && memcmp(peer->answer, "PING", 4) == 0)
            send_text(peer, "PONG\r\n", 6);
        else if (len == 4 && memcmp(peer->answer, "PONG", 4) == 0)
            pongs_n++;
        else if (len > 4 && memcmp(peer->answer, "-ERR", 4) == 0)
            fail("%.*s", (int)len, peer->answer);
        take(peer, len + 2);
    }
    return pongs_n;
}

static void nats_read(struct peer *peer) {
    (void)nats_lines(peer);
}

static void nats_begin(struct peer *peer) {
    static const char hello[] =
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false,\"protocol\":1}\r\nPING\r\n";
    send_text(peer, hello, sizeof hello - 1);
    do
        receive(peer);
    while (nats_lines(peer) == 0);
}

static size_t nats_head(char *out, size_t room, size_t len) {
    return (size_t)snprintf(out, room, "PUB bench %zu\r\n", len);
}

/* --- MQTT 3.1.1 over TCP --- */

static void mqtt_read(struct peer *peer) {
    if (peer->answer_len)
        fail("a packet that nobody asked for: %#x", (unsigned)(unsigned char)peer->answer[0]);
}

static void mqtt_begin(struct peer *peer) {
    static const char hello[] = "\x10\x15\x00\x04MQTT\x04\x02\x00\x00\x00\x09publisher"; /* no keep-alive */
    send_text(peer, hello, sizeof hello - 1);
    while (peer->answer_len < 4)
        receive(peer);
    if (memcmp(peer->answer, "\x20\x02\x00\x00", 4) != 0)
        fail("the connection was refused");
    take(peer, 4);
}

/* PUBLISH at QoS 0: the length of the rest in seven bits a byte, and the topic. */
static size_t mqtt_head(char *out, size_t room, size_t len) {
    static const char topic[] = "\x00\x05"
                                "bench";
    size_t rest = sizeof topic - 1 + len, at = 0;
    if (room < 16)
        fail("no room for a head");
    out[at++] = 0x30;
    for (; rest >= 128; rest >>= 7)
        out[at++] = (char)(rest | 0x80);
    out[at++] = (char)rest;
    memcpy(out + at, topic, sizeof topic - 1);
    return at + sizeof topic - 1;
}

/* --- HTTP, kept alive --- */

static void nothing_to_begin(struct peer *peer) {
    (void)peer;
}

static void nothing_to_read(struct peer *peer) {
    (void)peer;
}

static size_t http_head(char *out, size_t room, size_t len) {
    return (size_t)snprintf(out, room,
                            "POST /publish HTTP/1.1\r\nHost: localhost\r\n"
                            "Content-Length: %zu\r\n\r\n",
                            len);
}

/* 201 and 202 are successes: there were subscribers, or not yet. */
static bool http_is_answered(struct peer *peer) {
    static const char length[] = "\r\nContent-Length: ";
    const char *end = memmem(peer->answer, peer->answer_len, "\r\n\r\n", 4);
    if (!end)
        return false;
    if (memcmp(peer->answer, "HTTP/1.1 20", 11) != 0)
        fail("answered: %.*s", (int)(end - peer->answer), peer->answer);
    size_t head_len = (size_t)(end - peer->answer) + 4;
    const char *at = memmem(peer->answer, head_len, length, sizeof length - 1);
    if (!at)
        fail("an answer without a length");
    size_t body_len = strtoul(at + sizeof length - 1, NULL, 10);
    if (body_len > sizeof peer->answer || peer->answer_len < head_len + body_len)
        return false;
    take(peer, head_len + body_len);
    return true;
}

/* --- lines over TCP, of node_push.js --- */

static size_t no_head(char *out, size_t room, size_t len) {
    (void)out;
    (void)room;
    (void)len;
    return 0;
}

static const struct protocol protocols[] = {
    {"nats", nats_begin, nats_head, "\r\n", nats_read, NULL},
    {"mqtt", mqtt_begin, mqtt_head, "", mqtt_read, NULL},
    {"http", nothing_to_begin, http_head, "", nothing_to_read, http_is_answered},
    {"line", nothing_to_begin, no_head, "\n", nothing_to_read, NULL},
};

static const struct protocol *find_protocol(const char *name) {
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
        if (strcmp(protocols[i].name, name) == 0)
            return &protocols[i];
    fail("no such protocol: %s", name);
}

static void connect_to(struct peer *peer, int port) {
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const int on = 1;
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0 || setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        setsockopt(peer->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        connect(peer->fd, (struct sockaddr *)&server, sizeof server) != 0)
        fail("connect: %s", strerror(errno));
}

static void publish(struct peer *peer, const struct protocol *protocol, char *payload, size_t len, uint64_t number) {
    char head[256], tail[4], stamp[STAMP_DIGITS + 1];
    size_t head_len = protocol->write_head(head, sizeof head, len), tail_len = strlen(protocol->tail);
    (void)snprintf(stamp, sizeof stamp, "%0*llu", STAMP_DIGITS, (unsigned long long)number);
    memcpy(payload, stamp, STAMP_DIGITS);
    memcpy(tail, protocol->tail, tail_len);
    struct iovec pieces[] = {{head, head_len}, {payload, len}, {tail, tail_len}};
    send_all(peer, pieces, 3);
    while (protocol->is_answered && !protocol->is_answered(peer))
        receive(peer);
    if (printf("ok %llu\n", (unsigned long long)number) < 0 || fflush(stdout) != 0)
        exit(0); /* nobody listens any more */
}

/* About as many bytes as asked for: an avalanche of the number's bits decides. */
static size_t varied(size_t len, uint64_t number) {
    uint64_t mixed = number * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 31)) * UINT64_C(0x94D049BB133111EB);
    return len < 8 * VARIATION_BYTES ? len : len - VARIATION_BYTES / 2 + (mixed >> 32 & (VARIATION_BYTES - 1));
}

/* Lines of the standard input until its end; meanwhile the server is heard. */
static void run(struct peer *peer, const struct protocol *protocol, char *payload, size_t len) {
    static char lines[LINES_MAX];
    uint64_t number = 0;
    for (;;) {
        struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = peer->fd, .events = POLLIN}};
        if (poll(ready, 2, -1) < 0)
            continue;
        if (ready[1].revents) {
            receive(peer);
            protocol->read(peer);
        }
        if (!ready[0].revents)
            continue;
        ssize_t n = read(STDIN_FILENO, lines, sizeof lines);
        if (n <= 0)
            return;
        for (ssize_t i = 0; i < n; i++)
            if (lines[i] == '\n') {
                number++;
                publish(peer, protocol, payload, varied(len, number), number);
            }
    }
}

int main(int argc, char **argv) {
    static struct peer peer;
    static char payload[BYTES_MAX + VARIATION_BYTES];
    if (argc != 4)
        fail("usage: peer_publisher nats|mqtt|http|line PORT BYTES");
    const struct protocol *protocol = find_protocol(argv[1]);
    size_t len = strtoul(argv[3], NULL, 10);
    if (len < BYTES_MIN || len > BYTES_MAX)
        fail("a message has %d to %d bytes", BYTES_MIN, BYTES_MAX);
    (void)signal(SIGPIPE, SIG_IGN);
    payload[STAMP_DIGITS] = ' ';
    for (size_t i = BYTES_MIN; i < sizeof payload; i++)
        payload[i] = (char)('a' + i % 26);
    connect_to(&peer, (int)strtoul(argv[2], NULL, 10));
    protocol->begin(&peer);
    run(&peer, protocol, payload, len);
    close(peer.fd);
    return 0;
}
