"""Peers that push the same bytes: one channel, everybody gets what is published.

Each is configured as its own documentation has it for one core, so that nothing
is dropped; the files *.conf give the reasons. None compresses.
"""

import grp
import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from peer import NodePeer, Peer, descriptors_max, unprivileged, version_of  # noqa: E402
from support.process import unprivileged_user  # noqa: E402

NCHAN_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"


class PushPeer(Peer):
    does_jobs = ("shared",)
    protocol = None  # of peer_publisher

    def publish_command(self, job):
        program = os.path.join(self.stack.build, "peer_publisher")
        return [program, self.protocol, str(self.publish_port), str(round(job.frame_bytes))]


class Nchan(PushPeer):
    name, protocol = "nchan", "http"
    path = "/stream"

    @classmethod
    def unavailable(cls, stack):
        if not os.path.exists("/usr/sbin/nginx"):
            return "nginx is not installed"
        if not os.path.exists(NCHAN_MODULE):
            return "libnginx-mod-nchan is not installed"
        if os.geteuid() != 0 and not os.path.isdir("/var/lib/nginx/body"):
            return "nginx with nchan makes /var/lib/nginx/body at its first start, which needs root"
        return None

    @classmethod
    def version(cls):
        nchan = version_of("dpkg-query", "-W", "-f=${Version}", "libnginx-mod-nchan")
        return f"nginx {version_of('/usr/sbin/nginx', '-v')}, nchan {nchan}"

    def start(self, job):
        super().start(job)
        self.pids.append(self._worker())

    def has_started(self):
        self.publish_port = self.port
        return super().has_started()

    def _worker(self):
        """The pid of the one that does the work; the master only looks after it."""
        master = self.pids[0]
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with open(f"/proc/{master}/task/{master}/children", encoding="ascii") as file:
                children = file.read().split()
            if children:
                return int(children[0])
            time.sleep(0.02)
        raise RuntimeError("nginx has no worker")

    def subscribers(self):
        """How many the channel has."""
        url = f"http://127.0.0.1:{self.port}/publish"
        request = urllib.request.Request(url, headers={"Accept": "text/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response)["subscribers"]
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return 0  # there is no channel yet

    def command(self, job):
        user = unprivileged_user()
        path = self.write_configuration(
            "nginx.conf",
            MODULE=NCHAN_MODULE,
            FILES=descriptors_max(),
            USER=f"user {user.pw_name} {grp.getgrgid(user.pw_gid).gr_name};" if user else "",
        )
        return ["/usr/sbin/nginx", "-c", path, "-e", os.path.join(self.scratch, "error.log")]


class Nats(PushPeer):
    name, dialect, protocol = "nats", "nats", "nats"

    @classmethod
    def unavailable(cls, stack):
        return None if shutil.which("nats-server") else "nats-server is not installed"

    @classmethod
    def version(cls):
        return f"nats-server {version_of('nats-server', '--version')}"

    def command(self, job):
        return unprivileged(["nats-server", "-c", self.write_configuration("nats.conf")])

    def environment(self, job):
        # One core: more threads that run Go code would only take it from each other.
        return {**super().environment(job), "GOMAXPROCS": "1"}


class Mosquitto(PushPeer):
    name, dialect, protocol = "mosquitto", "mqtt", "mqtt"

    @classmethod
    def unavailable(cls, stack):
        return None if os.path.exists("/usr/sbin/mosquitto") else "mosquitto is not installed"

    @classmethod
    def version(cls):
        return f"mosquitto {version_of('/usr/sbin/mosquitto', '-h')}"

    def command(self, job):
        return unprivileged(["/usr/sbin/mosquitto", "-c", self.write_configuration("mosquitto.conf")])


class NodeWs(NodePeer, PushPeer):
    name, protocol = "node-ws", "line"
    script = "node_push.js"

    def environment(self, job):
        return {**super().environment(job), "PUBLISH_PORT": str(self.publish_port)}


SUBJECTS = [NodeWs, Nchan, Mosquitto, Nats]
