/* The world put together. */
#include "world.h"

#include "../unit/test.h"

const char *const world_field_sets[WORLD_FIELD_SETS] = {
    NULL,
    "[\"total_value\",\"gain_loss_percent\",\"current_price\",\"stale\"]",
    "[\"total_value\",\"cash_balance\",\"unpriced\"]",
    "[\"quantity\",\"average_cost\",\"previous_close\",\"stale\"]",
    "[\"fx_rate\",\"current_value_base\",\"day_change_percent_base\",\"cost_basis\"]",
};
const bool world_field_sets_have_rows[WORLD_FIELD_SETS] = {true, true, false, true, true};

uint64_t world_random(struct world *world) {
    uint64_t z = (world->random += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int world_dice(struct world *world, int n) {
    return (int)(world_random(world) % (uint64_t)n);
}

void world_init(struct world *world, uint64_t seed, int loops_n, const struct engine_config *engine,
                const struct hub_config *hub) {
    assert_true(loops_n >= 1 && loops_n <= WORLD_LOOPS_MAX);
    memset(world, 0, sizeof *world);
    world->loops_n = loops_n;
    world->random = seed;
    manual_clock_init(&world->clock, INT64_C(1800000000000));
    world_db_init(world);
    world_bus_init(world);
    for (int i = 0; i < world->loops_n; i++)
        world_loop_init(world, i, engine, hub);
    for (int i = 0; i < WORLD_CLIENTS; i++) {
        world->clients[i].world = world;
        world->clients[i].loop = -1;
    }
}

void world_fini(struct world *world) {
    for (int i = 0; i < WORLD_CLIENTS; i++)
        world_client_fini(&world->clients[i]);
    for (int i = 0; i < world->loops_n; i++)
        world_loop_fini(&world->loops[i]);
}
