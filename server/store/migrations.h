/* The SQL files of schema/ as they were when the binary was built; the array is
 * made by cmake/embed.cmake. Row i has version i + 1. Thread: any; constant. */
#ifndef PF_STORE_MIGRATIONS_H
#define PF_STORE_MIGRATIONS_H

#include <stddef.h>

struct migration {
    int version;
    const char *name;     /* 0001_create_… */
    const char *checksum; /* SHA-256 of the file, hex */
    const char *sql;
};

extern const struct migration migrations[];
extern const size_t migrations_n;

#endif
