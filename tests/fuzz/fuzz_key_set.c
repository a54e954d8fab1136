/* A JWK Set that was read has its keys by their names, within its bounds, and each
 * of them reads again from what we would publish of it. */
#include "base/strbuf.h"
#include "fuzz.h"
#include "identity/key_set.h"

#include <jansson.h>
#include <string.h>

/* Every kid that the text names anywhere at the top of its keys. */
static size_t check_names(const char *text, size_t len, const struct key_set *set) {
    json_t *root = json_loadb(text, len, JSON_DISABLE_EOF_CHECK, NULL), *jwk;
    size_t i, found_n = 0;
    const struct jwt_key *seen[KEY_SET_KEYS_MAX];
    json_array_foreach(json_object_get(root, "keys"), i, jwk) {
        const char *kid = json_string_value(json_object_get(jwk, "kid"));
        const struct jwt_key *key = kid ? key_set_find(set, kid) : NULL;
        bool is_new = key != NULL;
        for (size_t k = 0; k < found_n; k++)
            is_new = is_new && seen[k] != key;
        if (!is_new)
            continue;
        FUZZ_CHECK(strcmp(jwt_key_kid(key), kid) == 0 && !jwt_key_can_sign(key));
        FUZZ_CHECK(found_n < KEY_SET_KEYS_MAX);
        seen[found_n++] = key;
        struct strbuf again;
        struct key_set *second;
        strbuf_init(&again);
        STRBUF_LITERAL(&again, "{\"keys\":[");
        FUZZ_CHECK(jwt_key_write_jwk(key, &again) == STATUS_OK);
        STRBUF_LITERAL(&again, "]}");
        FUZZ_CHECK(key_set_parse(again.data, again.len, &second) == STATUS_OK);
        FUZZ_CHECK(key_set_size(second) == 1 && key_set_find(second, kid) != NULL);
        FUZZ_CHECK(jwt_key_algorithm(key_set_find(second, kid)) == jwt_key_algorithm(key));
        key_set_unref(&second);
        strbuf_fini(&again);
    }
    json_decref(root);
    return found_n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct key_set *set = NULL;
    if (key_set_parse((const char *)data, size, &set) != STATUS_OK) {
        FUZZ_CHECK(set == NULL);
        return 0;
    }
    FUZZ_CHECK(size <= KEY_SET_BYTES_MAX && key_set_size(set) + key_set_ignored_n(set) <= KEY_SET_KEYS_MAX);
    FUZZ_CHECK(key_set_find(set, "") == NULL);
    if (key_set_size(set) > 0)
        (void)check_names((const char *)data, size, set);
    key_set_unref(&set);
    return 0;
}
