"""What the bench measures: its experiments, each a job and who does it."""

import dataclasses
import re
import resource

from subjects import Job

# Offered to whoever is measured saturated: more frames a second than the limit
# can send; each takes what it can and sends the newest state once.
SATURATING_FRAMES_PER_S = 400_000
SATURATING_HOUSEHOLD_FRAMES_PER_S = 1_600_000
BATCHES_PER_S_MAX = 500  # what Redis and publish can pass on beside the load client
SATURATED = {"FLUSH_MS": 1, "MAX_RATE": 1000}
STEADY_BATCHES_PER_S = 50
TUNED = {"FLUSH_MS": 10, "MAX_RATE": 100}

CLIENTS_PEERS_MAX = 10_000
CONNECTS_MAX = 19_000
CONNECTS_PORTFOLIOS = 500
DESCRIPTORS_SPARE = 1000  # for what is not a client's connection
CLIENTS_MAX = 100_000


@dataclasses.dataclass
class Experiment:
    """One job, done by all its subjects in turn, run by run."""

    job: Job
    mode: str = "stream"  # of the load client: stream, memory, connects
    subjects: tuple = ()  # names; empty: all that do the job's kind
    # Beside each other in the table, best compared with this one.
    reference: str = "limit"

    @property
    def name(self):
        return self.job.name

    def takes(self, subject):
        if self.subjects and subject.name not in self.subjects:
            return False
        if not subject.does_jobs:  # only where it is named
            return bool(self.subjects)
        counts = subject.counts
        return self.job.kind in subject.does_jobs and (counts is None or self.job.clients in counts)


def descriptor_limit():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def clients_max(limit=None):
    """As many connections as the load client and a server may have here."""
    limit = descriptor_limit() if limit is None else limit
    if limit == resource.RLIM_INFINITY or limit > CLIENTS_MAX + DESCRIPTORS_SPARE:
        return CLIENTS_MAX
    return max(1, limit - DESCRIPTORS_SPARE)


def read_counts(text):
    """ "1000,10000,max" as numbers, without doubles and without what is too many."""
    counts = []
    for word in text.split(","):
        count = clients_max() if word == "max" else int(word)
        if not 1 <= count <= clients_max():
            raise ValueError(f"{count} clients: the limit of descriptors allows 1 to {clients_max()}")
        if count not in counts:
            counts.append(count)
    return counts


def saturating_rate(kind, clients):
    frames = SATURATING_HOUSEHOLD_FRAMES_PER_S if kind == "household" else SATURATING_FRAMES_PER_S
    frames_a_batch = clients * (10 if kind == "household" else 1)
    return min(BATCHES_PER_S_MAX, max(4.0, frames / frames_a_batch))


def saturated(kind, clients):
    job = Job(
        name=f"{kind}_{clients}",
        kind=kind,
        clients=clients,
        batches_per_s=saturating_rate(kind, clients),
        is_saturated=True,
        settings=dict(SATURATED),
    )
    own = ("server", "limit", "limit-one-send")
    return Experiment(job, subjects=own if clients > CLIENTS_PEERS_MAX else ())


def paced(name, clients, batches_per_s, settings):
    """Personal at a rate that all can follow: for latencies."""
    job = Job(
        name=f"{name}_{clients}", kind="personal", clients=clients, batches_per_s=batches_per_s, settings=dict(settings)
    )
    return Experiment(job, subjects=("server", "limit"))


def steady(clients):
    """Shared at a rate that all can follow: what a frame costs when each is sent by itself. Who has more than it can
    send may put several into one write, as some do."""
    job = Job(
        name=f"steady_{clients}",
        kind="shared",
        clients=clients,
        batches_per_s=STEADY_BATCHES_PER_S,
        settings=dict(TUNED),
    )
    return Experiment(job, subjects=("server", "limit", "node-ws", "nchan", "mosquitto", "nats"))


def hostile(clients):
    """What good clients feel of an attack: their latency with one beside them, and without. All limits are on, but
    for the clients' own address, which is one for all of them."""
    of_all = {
        "CONNECTIONS_PER_ADDRESS": 2 * clients,
        "RATE_HANDSHAKES": clients,
        "RATE_ADDRESS": 300,
        "RATE_USER": 100,
        "RATE_MESSAGES": 200,
        "RATE_MESSAGES_BURST": max(5000, 2 * clients),
        "RATE_LOGIN": 30,
        "OPEN_REQUESTS_PER_USER": 64,
        "STREAM_BYTES_PER_SECOND": 65536,
    }
    experiment = paced("hostile", clients, 20, {**TUNED, **of_all})
    return dataclasses.replace(experiment, subjects=("server", "server-attacked"), reference="server")


def two_loops(clients):
    job = saturated("shared", clients).job
    return Experiment(
        dataclasses.replace(job, name=f"loops_{clients}"), subjects=("one-loop", "two-loops"), reference="one-loop"
    )


def capacity(clients):
    job = saturated("shared", clients).job
    return Experiment(
        dataclasses.replace(job, name=f"capacity_{clients}"),
        subjects=("client-capacity",),
        reference="client-capacity",
    )


def at_rest(mode, name, kind, clients, portfolios=None):
    job = Job(
        name=f"{name}_{clients}", kind=kind, clients=clients, batches_per_s=10, portfolios_given=portfolios
    )
    return Experiment(job, mode=mode, subjects=("server",), reference="server")


def household_count(count):
    """The nearest number of whole households."""
    return max(10, count // 10 * 10)


def make_plan(counts, connects, pattern=None):
    """Experiments in the order they are run; those whose name holds the pattern."""
    few = min(counts)
    plan = [saturated(kind, count) for kind in ("shared", "personal") for count in counts]
    plan += [saturated("household", household_count(count)) for count in counts]
    plan.append(steady(few))
    plan.append(paced("latency", few, 20, TUNED))
    plan.append(paced("latency_default", few, 20, {}))
    plan.append(paced("once_a_second", few, 10, {}))
    plan.append(hostile(few))
    middle = sorted(counts)[len(counts) // 2]
    plan.append(at_rest("memory", "memory_shared", "shared", middle))
    plan.append(at_rest("memory", "memory_personal", "personal", middle))
    plan.append(at_rest("connects", "connects", "personal", connects, min(CONNECTS_PORTFOLIOS, max(1, connects // 2))))
    plan.append(two_loops(few))
    plan.append(capacity(few))
    return [experiment for experiment in plan if pattern is None or re.search(pattern, experiment.name)]
