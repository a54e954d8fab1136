"""What the bench's peers have in common: free ports, a folder of their own, a log
that is shown when they fail, as many descriptors as there are, and an end."""

import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.path.dirname(HERE)
sys.path[:0] = [path for path in (BENCH, os.path.dirname(BENCH)) if path not in sys.path]

from subjects import ROOT, Subject  # noqa: E402
from support.process import log_tail, unprivileged_user  # noqa: E402
from support.ports import free_port  # noqa: E402

NODE_MODULES = os.path.join(ROOT, "build", "peers", "node_modules")
START_DEADLINE_S = 120  # ten thousand portfolios are made in Python


def descriptors_max():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def unprivileged(command):
    """The command as an ordinary user's, for what refuses to be root's; scratch folders are that user's."""
    user = unprivileged_user()
    if user is None:
        return command
    # The kernel forgets the wish to end with the parent when the user changes.
    account = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=TERM"]
    return ["setpriv", *account, "--", *command]


def accepts(port):
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def version_of(*command):
    """The first version number in what the command prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found.group() if found else "of an unknown version"


class Peer(Subject):
    """A subclass says its command and its environment."""

    # More than one batch, so that it has work while the client reads; few, so
    # that what it cannot send does not pile up in it.
    window = 2

    def __init__(self, stack):
        super().__init__(stack)
        self.publish_port = None
        self.scratch = None

    @classmethod
    def version(cls):
        """For the report: "nats-server 2.9.10"."""
        raise NotImplementedError

    def command(self, job):
        raise NotImplementedError

    def environment(self, job):
        """Nothing of the developer's settings."""
        return {"PATH": os.environ["PATH"], "HOME": self.scratch, "LANG": "C.UTF-8"}

    def has_started(self):
        return accepts(self.port) and accepts(self.publish_port)

    def start(self, job):
        self.scratch = tempfile.mkdtemp(prefix=f"pf-{self.name}-", dir="/tmp")
        user = unprivileged_user()
        if user is not None:
            os.chown(self.scratch, user.pw_uid, user.pw_gid)
        self.port, self.publish_port = free_port(), free_port()
        try:
            self._start_process(job)
        except BaseException:
            self.stop()
            raise

    def _start_process(self, job):
        limit = descriptors_max()
        command = ["prlimit", f"--nofile={limit}:{limit}", "--", *self.command(job)]
        output = os.path.join(self.scratch, "output")
        with open(output, "wb") as file:
            child = self.spawn(command, env=self.environment(job), cwd=self.scratch, stdout=file, stderr=file)
        end = time.monotonic() + START_DEADLINE_S
        while not self.has_started():
            if child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} did not start:\n{self.log}")
            time.sleep(0.02)

    @property
    def log(self):
        return log_tail(os.path.join(self.scratch, "output"))

    def stop(self):
        super().stop()
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch = None

    def write_configuration(self, file_name, **values):
        """The file with its @NAMES@ replaced, in the scratch folder; its path."""
        with open(os.path.join(HERE, file_name), encoding="utf-8") as file:
            text = file.read()
        values = {"DIR": self.scratch, "PORT": self.port, "PUBLISH_PORT": self.publish_port, **values}
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        path = os.path.join(self.scratch, file_name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class NodePeer(Peer):
    """Its modules are in our build folder, and may be readable to us alone: it runs as we do."""

    script = None

    @classmethod
    def unavailable(cls, stack):
        if not shutil.which("node"):
            return "nodejs is not installed"
        for module in ("ws", "redis"):
            if not os.path.isdir(os.path.join(NODE_MODULES, module)):
                return f"the npm package {module} is not in build/peers"
        return None

    @classmethod
    def version(cls):
        with open(os.path.join(NODE_MODULES, "ws", "package.json"), encoding="utf-8") as file:
            ws = re.search(r'"version": *"([^"]+)"', file.read()).group(1)
        return f"node {version_of('node', '--version')}, ws {ws}"

    def command(self, job):
        return ["node", os.path.join(HERE, self.script)]

    def environment(self, job):
        settings = {"NODE_PATH": NODE_MODULES, "NODE_ENV": "production", "PORT": str(self.port)}
        return {**super().environment(job), **settings}
