"""HAProxy with the project's own configuration in front of instances, on a free loopback port."""

import csv
import os
import re
import resource
import shutil
import socket
import subprocess

from support.http_api import HttpApi
from support.ports import free_port
from support.process import ROOT, Process, ScratchDirectory, log_tail, tied
from support.waiting import wait_until

PROGRAM = shutil.which("haproxy", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
CONFIGURATION = os.path.join(ROOT, "deploy", "haproxy", "haproxy.cfg")
# Each client takes two descriptors; some are for itself.
DESCRIPTORS_OWN = 100


def clients_max():
    """How many clients one HAProxy can take here, by the limit of descriptors."""
    return (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - DESCRIPTORS_OWN) // 2


class HAProxy(HttpApi):
    is_judged = False  # what it answers itself is not ours

    def __init__(self, instances, maxconn=1000, prefix=""):
        self._scratch = ScratchDirectory("haproxy")
        self._stats = os.path.join(self._scratch.path, "stats")
        self._log = os.path.join(self._scratch.path, "log")
        self.port = free_port()
        settings = {f"PF_INSTANCE_{name}": f"127.0.0.1:{server.port}" for name, server in zip("ABC", instances)}
        settings.update(PF_BIND=f"127.0.0.1:{self.port}", PF_STATS=self._stats, PF_MAXCONN=str(maxconn))
        settings.update(PF_PREFIX=prefix)
        env = {**settings, "PATH": os.environ["PATH"]}
        self._process = Process(tied([PROGRAM, "-db", "-f", self._configuration()]), log_path=self._log, env=env)
        wait_until(self._is_ready, what=lambda: "a HAProxy with three healthy instances; its log:\n" + self.log)

    def _configuration(self):
        """A copy; without root there are no rights to give up."""
        with open(CONFIGURATION, encoding="utf-8") as file:
            text = file.read()
        if os.geteuid() != 0:
            text = re.sub(r"(?m)^ +(user|group|chroot) .*$", "", text)
        path = os.path.join(self._scratch.path, "haproxy.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _is_ready(self):
        assert self._process.is_running(), "HAProxy ended:\n" + self.log
        try:
            return set(self.states().values()) == {"UP"}
        except (FileNotFoundError, ConnectionRefusedError):
            return False  # it binds the socket first and listens then

    @property
    def log(self):
        return log_tail(self._log)

    def command(self, text):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(self._stats)
            connection.sendall(text.encode() + b"\n")
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def rows(self):
        """`show stat` of the servers that are checked: name -> column -> text."""
        lines = self.command("show stat").lstrip("# ").splitlines()
        rows = csv.DictReader(line for line in lines if line)
        return {row["svname"]: row for row in rows if row["pxname"] == "instances" and row["svname"] in "abc"}

    def states(self):
        """name -> UP, DOWN, … of the three instances."""
        return {name: row["status"].split()[0] for name, row in self.rows().items()}

    def wait_for_states(self, **states):
        wait_until(lambda: self.states() == states, what=lambda: f"{states}, not {self.states()},")

    def stop(self):
        self._process.kill()
        self._scratch.remove()


def check_configuration():
    """What HAProxy itself says of the file as it is shipped."""
    return subprocess.run(
        [PROGRAM, "-c", "-f", CONFIGURATION], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
