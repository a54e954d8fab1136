"""The limit: limit_server.c, which does nothing but send."""

import json
import os
import subprocess

from subjects import Subject

ROWS = 3  # positions that a batch moves in a portfolio
VARIATION_BYTES = 32  # limit_frames.c: single frames are up to so much shorter than the size given


class Limit(Subject):
    """One frame a send, as many frames as our server has to send."""

    name = "limit"
    does_jobs = ("shared", "personal", "household")
    frames_a_buffer = {"shared": 1, "personal": 1, "household": 10}
    frames_a_send = 1
    hello = "hello"

    def start(self, job):
        clients_a_buffer = {"shared": job.clients, "personal": 1, "household": job.subscriptions}[job.kind]
        frames = self.frames_a_buffer[job.kind]
        arguments = [job.clients, clients_a_buffer, frames, min(self.frames_a_send, frames)]
        largest = job.frame_bytes + (VARIATION_BYTES / 2 if frames == 1 else 0)
        arguments += [max(20, round(largest)), ROWS]
        child = self.spawn(
            [os.path.join(self.stack.build, "limit_server"), self.stack.redis_url.removeprefix("unix://")]
            + [str(argument) for argument in arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        line = child.stdout.readline()
        if not line:
            raise RuntimeError("limit_server ended at its start")
        self.port = json.loads(line)["port"]

    def stop(self):
        """What it counted, beside the load client's numbers."""
        children = list(self._children)
        super().stop()
        for child in children:
            with child.stdout:
                line = child.stdout.read()
            if line:
                counted = json.loads(line)
                self.counted = {"sends_skipped": counted["skipped"], "rounds": counted["rounds"]}


class LimitOneSend(Limit):
    """All frames for a client in one send."""

    name = "limit-one-send"
    does_jobs = ("household",)
    frames_a_send = 64


class ClientCapacity(Limit):
    """Eight frames a send: more than any server sends, to see what the load client can take."""

    name = "client-capacity"
    does_jobs = ()  # only where the plan names it
    frames_a_send = 8
    frames_a_buffer = {"shared": 8}


SUBJECTS = [Limit, LimitOneSend, ClientCapacity]
