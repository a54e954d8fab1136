"""Child processes of the tests: started in a session of their own, ended by
their ids, and, when the tests run as root, dropped to an ordinary user."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile

from support.waiting import wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def unprivileged_user():
    """The account for what refuses to run as root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no unprivileged account for PostgreSQL")


def tied(command):
    """The command, ended by the kernel when the tests' process ends, however that happens."""
    return ["setpriv", "--pdeathsig=KILL", "--", *command]


def as_unprivileged(command):
    user = unprivileged_user()
    if user is None:
        return tied(command)
    account = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=KILL"]
    return ["setpriv", *account, "--", *command]


class ScratchDirectory:
    """A directory with a short path (a socket's path has at most 107 bytes)."""

    def __init__(self, name):
        self.path = tempfile.mkdtemp(prefix=f"pf-{name}-", dir="/tmp")
        user = unprivileged_user()
        if user is not None:
            os.chown(self.path, user.pw_uid, user.pw_gid)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Process:
    """One child and its descendants."""

    def __init__(self, command, *, log_path=None, env=None, **options):
        self._log = open(log_path, "ab") if log_path else None
        self.popen = subprocess.Popen(
            command,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=options.pop("stdout", self._log or subprocess.DEVNULL),
            stderr=options.pop("stderr", self._log or subprocess.DEVNULL),
            env=env,
            start_new_session=True,
            **options,
        )
        self.pid = self.popen.pid

    def is_running(self):
        return self.popen.poll() is None

    def signal(self, number):
        """To the first process only."""
        self.popen.send_signal(number)

    def wait(self, deadline_s=None):
        """The exit code."""
        wait_until(lambda: not self.is_running(), deadline_s, f"the end of process {self.pid}")
        if self._log:
            self._log.close()
            self._log = None
        return self.popen.returncode

    def kill(self):
        """kill -9 of it and its descendants; returns when nothing of them is left.

        By the tree and not by the process group: PostgreSQL's children lead
        sessions of their own.
        """
        victims = [self.pid, *_descendants(self.pid)]
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.wait()
        wait_until(lambda: not any(_is_alive(pid) for pid in victims), what=f"the end of processes {victims}")


def _stat(pid):
    """(state, parent) of a process; None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0], int(fields[1])


def _is_alive(pid):
    stat = _stat(pid)
    return stat is not None and stat[0] not in "ZX"


def _descendants(pid):
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            stat = _stat(int(name))
            if stat is not None:
                parents.setdefault(stat[1], []).append(int(name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def log_tail(path, lines=30):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])
    except OSError as error:
        return str(error)
