"""A PostgreSQL that stands still: it takes connections and answers nothing."""

import contextlib
import os
import signal


def children_of(pid):
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii") as file:
                if name.isdigit() and int(file.read().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(name))
        except OSError:
            pass
    return found


@contextlib.contextmanager
def frozen(postgres):
    """With a function that begins it and tells who was stopped, the postmaster first; it ends with the block."""
    stopped = []

    def freeze():
        with open(f"{postgres.cluster.socket_directory}/data/postmaster.pid", encoding="ascii") as file:
            postmaster = int(file.readline())
        os.kill(postmaster, signal.SIGSTOP)  # first: it makes no more of them
        stopped.append(postmaster)
        for pid in children_of(postmaster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
        return stopped

    try:
        yield freeze
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
