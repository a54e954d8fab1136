/* Random epochs: candidates for the publish script. Thread: any. */
#include "feed/bus_epoch.h"

#include <sys/random.h>

enum status bus_epoch_random(struct bus_epoch *ret_epoch) {
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[BUS_EPOCH_LEN / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return STATUS_IO;
    for (size_t i = 0; i < sizeof bytes; i++) {
        ret_epoch->text[2 * i] = hex[bytes[i] >> 4];
        ret_epoch->text[2 * i + 1] = hex[bytes[i] & 15];
    }
    ret_epoch->text[BUS_EPOCH_LEN] = '\0';
    return STATUS_OK;
}
