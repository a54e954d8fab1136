"""The goals, each as a number taken from the results and what it must reach."""

import dataclasses
import re

from clients_runs import busy_ratios, ticking
from results import flatten, median


@dataclasses.dataclass
class Goal:
    text: str
    measured: float
    bound: float
    is_most: bool = False  # the bound is the most, not the least
    low: float = None  # the runs' extremes
    high: float = None
    unit: str = ""
    note: str = ""

    @property
    def is_met(self):
        return self.measured <= self.bound if self.is_most else self.measured >= self.bound

    def members(self):
        return {**dataclasses.asdict(self), "is_met": self.is_met}


def _goal(text, values, bound, **options):
    """None when nothing was measured."""
    if not values:
        return None
    return Goal(text, median(values), bound, low=min(values), high=max(values), **options)


BUSY = 0.9  # of its core, or waiting for it: who is below could have done more


def _idle_note(results, experiment, subjects):
    """Says who was not saturated where that was meant."""
    idle = []
    for subject in subjects:
        medians = results.medians(experiment, subject)
        busy = medians.get("server_cpu", 1) + medians.get("server_waited_for_cpu", 0)
        if busy < BUSY:
            idle.append(f"{subject} had work for {busy:.2f} of its core only")
    return idle


def _limit_note(results, experiment, key, other):
    """What the limit itself makes of this comparison."""
    values = results.ratios(experiment, key, "limit", other) if other != "limit" else []
    return [f"the limit reaches {median(values):.2f}"] if values else []


def _ratio(results, experiment, key, subject, other, text, bound, is_most=False):
    values = results.ratios(experiment, key, subject, other)
    notes = []
    if key in ("frames_per_s", "changes_per_s", "changes_per_core_s"):
        notes = _limit_note(results, experiment, key, other)
    if key in ("frames_per_s", "changes_per_s"):
        notes += _idle_note(results, experiment, (subject, other))
    note = "; ".join(notes)
    return _goal(f"{text}, {experiment}", values, bound, is_most=is_most, note=note)


def _values(results, experiment, key, subject="server"):
    found = (flatten(run).get(key) for run in results.runs(experiment, subject))
    return [value for value in found if value is not None]


# kind, key, other, the text, the least, and from how many clients on it counts
_RATIOS = [
    ("shared", "frames_per_s", "limit", "frames/s against the limit", 0.90, 0),
    ("personal", "frames_per_s", "limit", "frames/s against the limit at the same bytes", 0.80, 0),
    ("household", "changes_per_s", "limit", "position changes/s against one frame a send", 3.5, 0),
    ("shared", "frames_per_s", "node-ws", "frames/s against node ws pushing ready bytes", 1.6, 0),
    ("shared", "frames_per_s", "nchan", "frames/s against nchan", 1.25, 0),
    ("shared", "frames_per_s", "mosquitto", "frames/s against mosquitto", 3, 10_000),
]

# Less CPU for the same: the other one's is divided by ours. At a rate that both can follow: saturated, nats puts
# several messages into a write, and its clients get them together and late.
_CPU_RATIOS = [("steady", "server_cpu_us_per_frame", "nats", "CPU a frame of nats against ours", 2)]

REVALUED_POSITIONS = 10_000_000
_SAME_JOB = [("fastapi", 30), ("node-app", 8)]


def _same_job(results, experiment):
    """Where each has a portfolio of its own: one portfolio for all they compute once, and mostly send."""
    for other, bound in _SAME_JOB:
        text = f"position changes/s for a core against {other} doing the same"
        yield _ratio(results, experiment, "changes_per_core_s", "server", other, text, bound)


def _stream_goals(results, experiment, kind, clients):
    for known, key, other, text, bound, least in _RATIOS:
        if known == kind and clients >= least:
            yield _ratio(results, experiment, key, "server", other, text, bound)
    for known, key, other, text, bound in _CPU_RATIOS:
        if known == kind:
            yield _ratio(results, experiment, key, other, "server", text, bound)
    if kind == "personal":
        yield from _same_job(results, experiment)


def _rest_goals(results, experiment, kind):
    if kind == "latency":
        yield _ratio(
            results, experiment, "latency_ms.p99", "server", "limit", "p99 against the limit, FLUSH_MS=10", 1.5, True
        )
    elif kind == "hostile":
        text = "p99 of good clients beside an attack against without one"
        yield _ratio(results, experiment, "latency_ms.p99", "server-attacked", "server", text, 2, True)
    elif kind == "memory_shared":
        idle = [value / 1024 for value in _values(results, experiment, "bytes_per_idle_connection")]
        yield _goal(f"memory of an idle connection, {experiment}", idle, 4, is_most=True, unit="KB")
    elif kind == "memory_personal":
        own = [value / 1024 for value in _values(results, experiment, "bytes_per_subscribed_connection")]
        text = f"memory of a connection with its own portfolio of 30 positions, {experiment}"
        yield _goal(text, own, 10, is_most=True, unit="KB")
    elif kind == "connects":
        ends = [rate for rate in _values(results, experiment, "connects_per_s_at_end") if rate > 0]
        yield _goal(f"connects a second with a snapshot, at the end, {experiment}", ends, 10_000, unit="/s")
    elif kind == "loops":
        yield _ratio(results, experiment, "frames_per_s", "two-loops", "one-loop", "two loops against one", 1.4)


def _micro_goals(results):
    for line in results.micro:
        if line.get("layer") == "domain" and line.get("bench") == "revaluation" and "ns" in line:
            if line["positions"] == REVALUED_POSITIONS:
                text = f"revaluation of a position, {line['ticking']} of {line['symbols']} symbols tick"
                yield _goal(text, [line["ns"]], 5, is_most=True, unit=" ns")


# of a request, by kind, and of /health in the same run
_REPORT_BOUNDS_MS = {"stored": 50, "rebuilt": 2000}
HEALTH_BOUND_MS = 50


def _report_goals(results):
    for line in results.reports:
        text = f"returns, {line['what']}, {line['values']}"
        yield _goal(f"{text}: a request's p99", [line["p99_ms"]], _REPORT_BOUNDS_MS[line["values"]], is_most=True, unit=" ms")
        yield _goal(f"{text}: p99 of /health meanwhile", [line["health_p99_ms"]], HEALTH_BOUND_MS, is_most=True, unit=" ms")


SDK_GZIP_BYTES = 8192
FRAMES_PER_S = 55  # of the 60 that a screen shows


def _client_goals(results):
    sizes = [line["gzip_bytes"] for line in results.clients if line["line"] == "sdk"]
    yield _goal("the SDK, gzipped", sizes, SDK_GZIP_BYTES, is_most=True, unit=" bytes")
    frames = [line["frames_per_s"] for line in ticking(results.clients, "dashboard")]
    yield _goal("frames/s of the dashboard while 500 of 1,000 prices change each second", frames, FRAMES_PER_S)
    yield _goal("its main thread's busy share, a page that renders everything to this", busy_ratios(results.clients), 3)


def goals_of(results):
    """Those that something was measured for, in the order of the experiments."""
    found = list(_micro_goals(results)) + list(_report_goals(results)) + list(_client_goals(results))
    for experiment in results.experiments():
        kind, _, clients = re.fullmatch(r"(.+)(_)(\d+)", experiment).groups()
        found += _stream_goals(results, experiment, kind, int(clients))
        found += _rest_goals(results, experiment, kind)
    return [goal for goal in found if goal is not None]
