/* links: pf_base */
/* Token buckets: by hand, and random sequences against buckets that are kept
 * for ever. */
#include "base/rate_limit.h"
#include "test.h"

static struct rate_limit_key key_of(unsigned n) {
    struct rate_limit_key key = {{0}};
    memcpy(key.bytes, &n, sizeof n);
    return key;
}

static struct rate_limit *created(int64_t per_minute, int64_t burst, size_t keys_max, bool is_shared) {
    struct rate_limit *limit = NULL;
    struct rate rate = {.per_minute = per_minute, .burst = burst};
    assert_int_equal(rate_limit_create(&rate, keys_max, is_shared, &limit), STATUS_OK);
    return limit;
}

static void test_a_burst_then_the_rate(void **state) {
    (void)state;
    struct rate_limit *limit = created(60, 3, 10, false); /* one a second */
    struct rate_limit_key key = key_of(1), other = key_of(2);
    for (int64_t i = 3; i-- > 0;) {
        struct rate_limit_state taken = rate_limit_take(limit, &key, 1, 1000);
        assert_false(taken.is_refused);
        assert_int_equal(taken.limit, 3);
        assert_int_equal(taken.remaining, i);
        assert_int_equal(taken.full_in_ms, (3 - i) * 1000);
    }
    struct rate_limit_state refused = rate_limit_take(limit, &key, 1, 1400);
    assert_true(refused.is_refused);
    assert_int_equal(refused.retry_after_ms, 600);
    assert_int_equal(refused.remaining, 0);
    assert_true(rate_limit_take(limit, &key, 1, 1999).is_refused);
    assert_false(rate_limit_take(limit, &other, 1, 1999).is_refused);
    assert_false(rate_limit_look(limit, &key, 2000).is_refused); /* which takes nothing */
    assert_false(rate_limit_take(limit, &key, 1, 2000).is_refused);
    assert_true(rate_limit_take(limit, &key, 1, 2000).is_refused);
    /* Time that runs back gives nothing. */
    assert_true(rate_limit_take(limit, &key, 1, 0).is_refused);
    rate_limit_destroy(&limit);
    assert_null(limit);
}

static void test_several_at_once(void **state) {
    (void)state;
    struct rate_limit *limit = created(600, 10, 10, false);
    struct rate_limit_key key = key_of(1);
    assert_false(rate_limit_take(limit, &key, 7, 0).is_refused);
    struct rate_limit_state refused = rate_limit_take(limit, &key, 7, 0);
    assert_true(refused.is_refused);
    assert_int_equal(refused.remaining, 3);
    assert_int_equal(refused.retry_after_ms, 400);
    assert_false(rate_limit_take(limit, &key, 3, 0).is_refused);
    /* More than there ever is: all of it. */
    assert_false(rate_limit_take(limit, &key, 1000, 1000).is_refused);
    assert_int_equal(rate_limit_look(limit, &key, 1000).remaining, 0);
    rate_limit_destroy(&limit);
}

static void test_no_rate_is_no_limit(void **state) {
    (void)state;
    struct rate_limit *limit = created(0, 1, 1, true);
    struct rate_limit_key key = key_of(1);
    for (int i = 0; i < 1000; i++) {
        struct rate_limit_state taken = rate_limit_take(limit, &key, 1, 0);
        assert_false(taken.is_refused);
        assert_int_equal(taken.limit, 0);
    }
    rate_limit_adopt(limit, &key, 1, 0);
    rate_limit_sweep(limit, 10, 0);
    assert_int_equal(rate_limit_keys_n(limit), 0);
    rate_limit_destroy(&limit);
}

static void test_rates_out_of_bounds(void **state) {
    (void)state;
    static const struct rate rates[] = {
        {-1, 1}, {RATE_LIMIT_PER_MINUTE_MAX + 1, 1}, {1, 0}, {1, RATE_LIMIT_BURST_MAX + 1}};
    struct rate_limit *limit = NULL;
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        assert_int_equal(rate_limit_create(&rates[i], 1, false, &limit), STATUS_OUT_OF_RANGE);
    assert_null(limit);
}

/* Of many keys the fullest goes, and one that is empty stays. */
static void test_a_flood_of_keys_does_not_wash_an_empty_bucket_out(void **state) {
    (void)state;
    struct rate_limit *limit = created(60, 5, 100, false);
    struct rate_limit_key attacker = key_of(7);
    for (int i = 0; i < 5; i++)
        assert_false(rate_limit_take(limit, &attacker, 1, 0).is_refused);
    for (unsigned i = 1000; i < 100000; i++) {
        struct rate_limit_key key = key_of(i);
        assert_false(rate_limit_take(limit, &key, 1, 0).is_refused);
        assert_true(rate_limit_keys_n(limit) <= 100);
    }
    assert_true(rate_limit_take(limit, &attacker, 1, 0).is_refused);
    rate_limit_destroy(&limit);
}

static void test_what_is_full_is_forgotten(void **state) {
    (void)state;
    struct rate_limit *limit = created(60, 5, 1000, false);
    for (unsigned i = 0; i < 1000; i++) {
        struct rate_limit_key key = key_of(i);
        assert_false(rate_limit_take(limit, &key, 1, i).is_refused);
    }
    assert_int_equal(rate_limit_keys_n(limit), 1000);
    rate_limit_sweep(limit, 10, 1000 + 99); /* 100 are full */
    assert_int_equal(rate_limit_keys_n(limit), 990);
    rate_limit_sweep(limit, 1000, 1000 + 99);
    assert_int_equal(rate_limit_keys_n(limit), 900);
    rate_limit_sweep(limit, 1000, 10000);
    assert_int_equal(rate_limit_keys_n(limit), 0);
    struct rate_limit_key key = key_of(1);
    assert_int_equal(rate_limit_take(limit, &key, 1, 10000).remaining, 4); /* after its tables went too */
    rate_limit_destroy(&limit);
}

/* Two owners and who adds up, told now and then: together not more than one may. */
static void test_owners_share_a_bucket(void **state) {
    (void)state;
    enum { BURST = 20, PER_MINUTE = 600, SECONDS = 60, TELL_MS = 250, OWNERS = 2 };
    struct rate_limit *owners[OWNERS] = {created(PER_MINUTE, BURST, 10, true), created(PER_MINUTE, BURST, 10, true)};
    struct rate_limit_key key = key_of(1);
    int64_t used = 0, taken_n = 0;
    for (int64_t now_ms = 0; now_ms < SECONDS * 1000; now_ms++) {
        used = used > PER_MINUTE ? used - PER_MINUTE : 0;
        for (size_t i = 0; i < OWNERS; i++)
            taken_n += rate_limit_take(owners[i], &key, 1, now_ms).is_refused ? 0 : 1;
        for (size_t i = 0; now_ms % TELL_MS == 0 && i < OWNERS; i++) {
            struct rate_limit_told told;
            if (rate_limit_tell(owners[i], &told, 1) == 0)
                continue;
            used += told.taken_units;
            rate_limit_adopt(owners[i], &told.key, used, now_ms);
        }
    }
    int64_t allowed_n = BURST + SECONDS * PER_MINUTE / 60;
    assert_true(taken_n >= allowed_n);
    /* Each may take a burst, and what comes back in an interval, before it hears of the other. */
    assert_true(taken_n <= allowed_n + BURST + OWNERS * (PER_MINUTE * TELL_MS / 60000 + 1));
    for (size_t i = 0; i < OWNERS; i++)
        rate_limit_destroy(&owners[i]);
}

static void test_what_is_not_told_is_kept(void **state) {
    (void)state;
    struct rate_limit *limit = created(60000, 5, 10, true);
    struct rate_limit_key a = key_of(1), b = key_of(2);
    struct rate_limit_told told[4];
    assert_false(rate_limit_take(limit, &a, 2, 0).is_refused);
    assert_false(rate_limit_take(limit, &b, 1, 0).is_refused);
    rate_limit_sweep(limit, 10, 1000); /* both are full again */
    assert_int_equal(rate_limit_keys_n(limit), 2);
    assert_int_equal(rate_limit_tell(limit, told, 1), 1);
    assert_memory_equal(&told[0].key, &a, sizeof a);
    assert_int_equal(told[0].taken_units, 2 * RATE_LIMIT_UNITS);
    assert_int_equal(rate_limit_tell(limit, told, 4), 1);
    assert_memory_equal(&told[0].key, &b, sizeof b);
    assert_int_equal(rate_limit_tell(limit, told, 4), 0);
    /* The others have emptied it; what is taken meanwhile counts on top. */
    assert_false(rate_limit_take(limit, &a, 1, 1000).is_refused);
    rate_limit_adopt(limit, &a, 4 * RATE_LIMIT_UNITS, 1000);
    assert_true(rate_limit_take(limit, &a, 1, 1000).is_refused);
    /* However much it was, it comes back before long. */
    rate_limit_adopt(limit, &a, INT64_MAX, 1000);
    assert_false(rate_limit_take(limit, &a, 1, 1000 + 7).is_refused);
    rate_limit_destroy(&limit);
}

/* As the module says it, without a bound: a double of nothing but whole units. */
struct model_bucket {
    int64_t used, at_ms;
};

static bool model_take(struct model_bucket *bucket, const struct rate *rate, int64_t n, int64_t now_ms) {
    int64_t back = (now_ms - bucket->at_ms) * rate->per_minute;
    bucket->used = bucket->used > back ? bucket->used - back : 0;
    bucket->at_ms = now_ms;
    n = n < rate->burst ? n : rate->burst;
    if (bucket->used + n * RATE_LIMIT_UNITS > rate->burst * RATE_LIMIT_UNITS)
        return false;
    bucket->used += n * RATE_LIMIT_UNITS;
    return true;
}

static uint64_t next_random(uint64_t *random) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* With room for all keys it is the model to the token, whatever is swept in between. */
static void test_like_buckets_kept_for_ever(void **state) {
    (void)state;
    enum { KEYS = 50, STEPS = 20000 };
    uint64_t random = 88172645463325252u;
    for (int round = 0; round < 20; round++) {
        struct rate rate = {.per_minute = 1 + (int64_t)(next_random(&random) % 6000),
                            .burst = 1 + (int64_t)(next_random(&random) % 20)};
        struct rate_limit *limit = created(rate.per_minute, rate.burst, KEYS, false);
        struct model_bucket models[KEYS] = {{0}};
        int64_t now_ms = 0;
        for (int step = 0; step < STEPS; step++) {
            now_ms += (int64_t)(next_random(&random) % 40);
            unsigned n = (unsigned)(next_random(&random) % KEYS);
            int64_t tokens = 1 + (int64_t)(next_random(&random) % 3);
            struct rate_limit_key key = key_of(n);
            struct rate_limit_state took = rate_limit_take(limit, &key, tokens, now_ms);
            assert_int_equal(took.is_refused, !model_take(&models[n], &rate, tokens, now_ms));
            if (took.is_refused) {
                struct model_bucket later = models[n];
                assert_false(model_take(&later, &rate, tokens, now_ms + took.retry_after_ms - 1));
                later = models[n];
                assert_true(model_take(&later, &rate, tokens, now_ms + took.retry_after_ms));
            }
            assert_int_equal(took.remaining, (rate.burst * RATE_LIMIT_UNITS - models[n].used) / RATE_LIMIT_UNITS);
            if (step % 64 == 0)
                rate_limit_sweep(limit, 5, now_ms);
        }
        rate_limit_destroy(&limit);
    }
}

/* With too little room nobody who may is refused, and the bound holds. */
static void test_with_little_room_it_only_forgives(void **state) {
    (void)state;
    enum { KEYS = 200, ROOM = 20, STEPS = 100000 };
    uint64_t random = 362436069;
    struct rate rate = {.per_minute = 600, .burst = 4};
    struct rate_limit *limit = created(rate.per_minute, rate.burst, ROOM, true);
    struct model_bucket models[KEYS] = {{0}};
    int64_t now_ms = 0;
    for (int step = 0; step < STEPS; step++) {
        now_ms += (int64_t)(next_random(&random) % 10);
        unsigned n = (unsigned)(next_random(&random) % (next_random(&random) % KEYS + 1));
        struct rate_limit_key key = key_of(n);
        /* Of what was ever allowed nothing is forgotten here. */
        bool is_refused = rate_limit_take(limit, &key, 1, now_ms).is_refused;
        bool model_allows = model_take(&models[n], &rate, 1, now_ms);
        assert_false(is_refused && model_allows);
        if (!is_refused && !model_allows)
            models[n].used += RATE_LIMIT_UNITS;
        assert_true(rate_limit_keys_n(limit) <= ROOM);
    }
    rate_limit_destroy(&limit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_then_the_rate),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_no_rate_is_no_limit),
        cmocka_unit_test(test_rates_out_of_bounds),
        cmocka_unit_test(test_a_flood_of_keys_does_not_wash_an_empty_bucket_out),
        cmocka_unit_test(test_what_is_full_is_forgotten),
        cmocka_unit_test(test_owners_share_a_bucket),
        cmocka_unit_test(test_what_is_not_told_is_kept),
        cmocka_unit_test(test_like_buckets_kept_for_ever),
        cmocka_unit_test(test_with_little_room_it_only_forgives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
