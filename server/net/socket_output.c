/* A file of its own, because <linux/tcp.h> (which has tcpi_bytes_acked) and
 * <netinet/tcp.h> cannot be included together. Thread: any. */
#include "net/socket_output.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

uint64_t socket_received_bytes(int fd) {
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_bytes_received : 0;
}

void socket_output_read(int fd, struct liveness_output *ret_output) {
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    int unsent_bytes = 0;
    bool has_info = getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0;
    ret_output->acked_bytes = has_info ? info.tcpi_bytes_acked : 0;
    ret_output->unsent_bytes = ioctl(fd, SIOCOUTQ, &unsent_bytes) == 0 && unsent_bytes > 0 ? (uint64_t)unsent_bytes : 0;
}
