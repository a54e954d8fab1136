"""What a number of clients takes: cores, memory, Redis, PostgreSQL, from the unit costs
and from what sampling.py counted for one client. Straight arithmetic, a line a cost."""

import dataclasses
import json
import math
import os

from sampling import PASS_S, POSITIONS

HERE = os.path.dirname(os.path.abspath(__file__))

FULL = 0.7  # of anything: the rest is for bursts and for what fails beside it
LOOPS_AN_INSTANCE = 16
NETWORK_MB_S = 1250  # of a machine: 10 Gbit/s
POSTGRES_CORES = 16
WRITES_A_DAY = 10  # a client
FRAME_OVERHEAD_BYTES = 4 + 66  # WebSocket's header; TCP's, IP's and Ethernet's of one packet
PACKET_BYTES = 1448
SWEEP_S, LOOK_S, CHECK_S, PING_S = 2, 2, 1, 25
WATCH_S, WATCH_ONCE_S = 10, 60  # today; when each symbol is said once: what was said counts for 120 s
BOOK_ENTRY_BYTES = 400  # of a loop's price book, a symbol
NEVER = float("inf")


class Costs:
    """unit_costs.json, by name."""

    def __init__(self, path=os.path.join(HERE, "unit_costs.json")):
        with open(path, encoding="utf-8") as file:
            self.rows = json.load(file)
        self._values = {row["name"]: row["value"] for row in self.rows}

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._values[name]


@dataclasses.dataclass(frozen=True)
class Way:
    """How it is built. The first is what there is today; docs/scale.md describes the others."""

    name: str = "today"
    is_reader_a_process: bool = False  # one connection to the bus a process, handing events to its loops
    is_watched_by_symbol: bool = False  # a loop says each symbol once, not each position
    is_hint_gathered: bool = False  # one message with all hints a pass
    is_placed_by_portfolio: bool = False  # all watchers of a portfolio come to one loop
    shards: int = 1


TODAY = Way()


@dataclasses.dataclass
class Load:
    """Of the whole system; us are of a core, a second."""

    clients: float
    clients_a_loop: float
    loops: float  # cores for the loops, filled to FULL
    loop_fixed_us: float  # of each loop, before its first client
    deltas: float
    out_mb_s: float
    memory_gb: float
    nic_clients: float  # that fill an instance's network to FULL
    portfolios: float  # held, over all loops
    redis_us: float  # of each node
    redis_script_us: float
    redis_out_mb_s: float  # of each node
    postgres_us: float
    book_read_s: float  # of each node, when all readers lost it and read at once

    @property
    def clients_an_instance(self):
        return min(LOOPS_AN_INSTANCE * self.clients_a_loop, self.nic_clients)

    @property
    def instances(self):
        return math.ceil(self.clients / self.clients_an_instance)

    def shares(self):
        """Of what more instances do not widen."""
        return {
            "Redis' core": self.redis_us / 1e6,
            "Redis' network": self.redis_out_mb_s / NETWORK_MB_S,
            "PostgreSQL": self.postgres_us / 1e6 / POSTGRES_CORES,
            "a loop's reading": self.loop_fixed_us / 1e6,
        }


def bus_bytes_a_s(costs, market, shards=1):
    """To one reader of all shards."""
    return market.batches_per_s * shards * costs.bus_event_bytes + market.quotes_per_s * costs.bus_quote_bytes


def copies_a_client(clients, way, loops):
    """Held portfolios a client: watchers of one portfolio that met on a loop share it."""
    if clients.watchers == 1 or way.is_placed_by_portfolio or loops <= 1:
        return 1 / clients.watchers
    return loops * (1 - (1 - 1 / loops) ** clients.watchers) / clients.watchers


def client_us(costs, clients, behaviour, copies):
    """Of a loop, for one client."""
    own_us = costs.delta_own_us + (behaviour.rows - 3) * costs.delta_row_us
    encoded = behaviour.deltas * copies
    shared = behaviour.deltas - encoded
    held_us = behaviour.revalued * costs.revalue_ns / 1000 + costs.loop_hold_us
    ping_us = 2 * costs.delta_shared_us / PING_S  # as if reading the pong cost what the ping does
    return ping_us + encoded * own_us + shared * costs.delta_shared_us + copies * held_us


def writes_a_s(number):
    return number * WRITES_A_DAY / 86400


def loop_fixed_us(costs, market, way, hints):
    events = market.batches_per_s * way.shards
    reading = events * costs.loop_event_us + market.quotes_per_s * costs.loop_quote_us
    return reading + hints * costs.loop_hint_us


def delta_bytes_on_wire(costs, behaviour):
    payload = costs.delta_bytes + behaviour.rows * costs.delta_row_bytes
    return payload + FRAME_OVERHEAD_BYTES * max(1, math.ceil(payload / PACKET_BYTES))


def watched_a_s(costs, market, way, readers, copies, held):
    """Fields of pf:watched written."""
    if way.is_watched_by_symbol:
        return readers * held / WATCH_ONCE_S
    if costs.watch_fields_a_position < 0.5:
        return readers * held / WATCH_S
    return copies * POSITIONS / WATCH_S


def redis_load(costs, market, way, readers, copies, hints, held):
    """(us, of it the script's, MB) a second, of one node; the first has the hints."""
    messages = market.batches_per_s
    quotes = market.quotes_per_s / way.shards
    script = messages * costs.redis_publish_batch_us + quotes * costs.redis_publish_quote_us
    hint_messages = min(hints, 1 / PASS_S) if way.is_hint_gathered else hints
    bytes_n = messages * costs.bus_event_bytes + quotes * costs.bus_quote_bytes + hints * costs.hint_bytes
    out_mb = readers * bytes_n / 1e6
    delivery = readers * (messages + hint_messages) * costs.redis_message_us + out_mb * costs.redis_megabyte_us
    watched = watched_a_s(costs, market, way, readers, copies, held) * costs.redis_watch_us
    asked = market.symbols / LOOK_S * costs.redis_book_quote_us + readers / CHECK_S * costs.redis_check_us
    return script + delivery + (watched + asked) / way.shards, script, out_mb


def postgres_load(costs, market, copies, writes):
    prices = min(market.quotes_per_s * costs.pg_price_us, 1e6)  # one connection; what it cannot take is newer next time
    held_symbols = market.symbols / LOOK_S * costs.pg_held_symbol_us
    return copies / SWEEP_S * costs.pg_sweep_us + prices + held_symbols + writes * costs.pg_write_us


def grow(costs, market, clients, behaviour, number, way=TODAY):
    """The Load of `number` clients; None when a loop has no room left for the first."""
    hints = writes_a_s(number) * costs.hints_a_write
    fixed_us = loop_fixed_us(costs, market, way, hints)
    room_us = FULL * 1e6 - fixed_us
    if room_us <= 0:
        return None
    loops = 1.0
    for _ in range(30):  # the more loops, the fewer watchers meet
        clients_a_loop = room_us / client_us(costs, clients, behaviour, copies_a_client(clients, way, loops))
        loops = number / clients_a_loop
    copies = number * copies_a_client(clients, way, loops)
    wire_mb = behaviour.deltas * delta_bytes_on_wire(costs, behaviour) / 1e6
    # A subscription is in both of these costs: a little too much rather than too little.
    memory = number * costs.connection_bytes + copies * costs.portfolio_bytes + loops * market.symbols * BOOK_ENTRY_BYTES
    nic_clients = FULL * NETWORK_MB_S / wire_mb
    processes = max(loops / LOOPS_AN_INSTANCE, number / nic_clients)
    readers = processes if way.is_reader_a_process else loops
    redis_us, script_us, redis_out = redis_load(costs, market, way, readers, copies, hints, market.symbols)
    return Load(
        clients=number,
        clients_a_loop=clients_a_loop,
        loops=loops,
        loop_fixed_us=fixed_us,
        deltas=number * behaviour.deltas,
        out_mb_s=number * wire_mb,
        memory_gb=memory / 1e9,
        nic_clients=nic_clients,
        portfolios=copies,
        redis_us=redis_us,
        redis_script_us=script_us,
        redis_out_mb_s=redis_out,
        postgres_us=postgres_load(costs, market, copies, writes_a_s(number)),
        book_read_s=readers * market.symbols / way.shards * costs.redis_book_quote_us / 1e6,
    )


def clients_at_full(costs, market, clients, behaviour, resource, way=TODAY):
    """How many clients bring a resource to FULL: 0 when it is there without any, NEVER when not before 1e9."""

    def is_full(number):
        load = grow(costs, market, clients, behaviour, number, way)
        return load is None or load.shares()[resource] >= FULL

    if is_full(1):
        return 0
    if not is_full(1e9):
        return NEVER
    low, high = 1.0, 1e9
    while high / low > 1.001:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if is_full(middle) else (middle, high)
    return low


@dataclasses.dataclass
class Storm:
    """After one of `instances` has died: what the others need, in seconds, to have its clients back."""

    clients: float
    loops_s: float  # connects, subscribes, loads, in the loops' spare time
    postgres_s: float
    workers_s: float

    @property
    def window_s(self):
        return max(self.loops_s, self.postgres_s, self.workers_s)


def storm(costs, clients_an_instance, copies_an_instance, instances, workers=4, held_elsewhere=0.0):
    """Each instance is filled so far that the others are at FULL when they have taken the clients over."""
    lost = clients_an_instance * (instances - 1) / instances
    loads = copies_an_instance * (instances - 1) / instances * (1 - held_elsewhere)
    rest = instances - 1
    spare_us = rest * LOOPS_AN_INSTANCE * (1 - FULL) * 1e6
    return Storm(
        clients=lost,
        loops_s=(lost * costs.loop_connect_us + loads * costs.loop_load_us) / spare_us,
        postgres_s=loads * costs.pg_load_us / (POSTGRES_CORES * FULL * 1e6),
        workers_s=loads * (costs.pg_load_us + costs.worker_load_us) / (rest * workers * 1e6),
    )
