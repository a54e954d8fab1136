"""What the bench compares: subjects and the jobs they are given.

A subject is a server of some kind. It is started anew for each measurement,
pinned to the server's core, and stopped after it. A module of peers/ named
subject_*.py offers its own in a list SUBJECTS of classes.
"""

import dataclasses
import glob
import importlib.util
import os
import subprocess
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(BENCH))


@dataclasses.dataclass
class Job:
    """What is measured. `kind` says who watches what:

    shared     one portfolio, `clients` watchers
    personal   a portfolio for each client
    household  clients in tens, and ten portfolios for each ten; each watches the ten

    Portfolios have 30 positions; portfolio i holds symbols 30 i to 30 i + 29,
    modulo 500. A batch moves every tenth symbol: three positions of a portfolio.
    """

    name: str  # of the measurement: "shared_1000"
    kind: str
    clients: int
    batches_per_s: float
    is_saturated: bool = False  # more is offered than can be taken; every batch moves the same symbols
    settings: dict = dataclasses.field(default_factory=dict)  # of portfoliod
    frame_bytes: int = 900  # the payload of our server's mean delta in this job, measured before the others run
    portfolios_given: int = None

    @property
    def portfolios(self):
        if self.portfolios_given is not None:
            return self.portfolios_given
        return 1 if self.kind == "shared" else self.clients

    @property
    def subscriptions(self):
        return 10 if self.kind == "household" else 1

    @property
    def symbols(self):
        return 30 if self.kind == "shared" else 500


class Stack:
    """The PostgreSQL and Redis of the bench, as subjects see them."""

    program: str  # the path of portfoliod
    build: str  # the directory of the bench's C programs
    database_url: str
    redis_url: str  # unix://PATH
    redis_port: int  # the same Redis at 127.0.0.1
    server_core: set
    other_core: set  # everything else's
    all_cores: set


class Subject:
    """One start for one measurement. Subclasses set what is below and override start()."""

    name = ""
    does_jobs = ()  # kinds: "shared", "personal", "household"
    counts = None  # the numbers of clients it is measured with; None: all
    dialect = "plain"  # dialect_<name>.c
    path = None  # template for the plain dialect, see dialect_plain.c
    hello = None
    # None: ticks come at the job's rate, and who is late is expected to send the
    # newest state once. A number: at most so many batches are on their way to the
    # clients, for those that would queue them up.
    window = None
    is_pinned = True  # to the server's core
    # Positions whose change an update brings; None: those in its bytes are counted.
    changes_per_update = None

    def __init__(self, stack):
        self.stack = stack
        self.port = None
        self.pids = []  # all that do the server's work: their CPU and memory are summed
        self.counted = {}  # more members of the result, set by stop()
        self._children = []

    @classmethod
    def unavailable(cls, stack):
        """Why it cannot run here ("nats-server is not installed"); None: it can."""
        return None

    @classmethod
    def version(cls):
        """Of what runs, for the report: "nats-server 2.9.10"; None: nothing to say."""
        return None

    def start(self, job):
        """Sets port and pids, and returns when connections are taken."""
        raise NotImplementedError

    def publish_command(self, job):
        """argv of the program that ticks. It runs beside the load client. Of each
        line on its standard input (a JSON array of quotes) it makes one
        publication, and then answers "ok NUMBER" on a line: the stamp that the
        frames of this batch carry, one more than the last."""
        return [self.stack.program, "publish", "-"]

    def publish_environment(self):
        return {**os.environ, "REDIS_URL": self.stack.redis_url}

    def stop(self):
        for child in reversed(self._children):
            child.terminate()
        for child in reversed(self._children):
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children = []

    # --- for subclasses ---

    def spawn(self, command, **options):
        """A child on the server's core, ended with the bench. Its pid joins `pids`."""
        core = self.stack.server_core if self.is_pinned else None
        if core is not None:
            command = ["taskset", "-c", ",".join(str(cpu) for cpu in sorted(core)), *command]
        options.setdefault("stdin", subprocess.DEVNULL)
        child = subprocess.Popen(["setpriv", "--pdeathsig=TERM", "--", *command], **options)
        self._children.append(child)
        self.pids.append(child.pid)
        return child

    def wait_for_port(self, port, deadline_s=30):
        import socket

        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            if any(child.poll() is not None for child in self._children):
                raise RuntimeError(f"{self.name} ended at its start")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    self.port = port
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen on port {port}")


def load_modules(pattern):
    for path in sorted(glob.glob(os.path.join(BENCH, pattern))):
        spec = importlib.util.spec_from_file_location("bench_" + os.path.basename(path)[:-3], path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def all_subjects():
    """Every subject class, our own first."""
    found = []
    for pattern in ("subject_portfoliod.py", "subject_attacked.py", "subject_limit.py", "peers/subject_*.py"):
        for module in load_modules(pattern):
            found += module.SUBJECTS
    return found
