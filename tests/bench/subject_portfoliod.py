"""Our own server as a subject: a release build, one loop unless said otherwise."""

import os

from subjects import Subject


class Portfoliod(Subject):
    name = "server"
    dialect = "portfolio"
    does_jobs = ("shared", "personal", "household")
    loops = 1

    def __init__(self, stack):
        super().__init__(stack)
        self._server = None

    def start(self, job):
        from support.server import Server  # reads PORTFOLIOD

        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.stack.server_core if self.is_pinned else self.stack.all_cores)
        try:
            self._server = Server(
                DATABASE_URL=self.stack.database_url,
                REDIS_URL=self.stack.redis_url,
                LOOPS=self.loops,
                **job.settings,
            )
        finally:
            os.sched_setaffinity(0, before)
        self.port = self._server.port
        self.pids = [self._server.pid]

    def stop(self):
        if self._server is not None:
            server, self._server = self._server, None
            server.stop(deadline_s=60)


class OneLoop(Portfoliod):
    """On both cores, beside the load client: what a second loop is compared with."""

    name = "one-loop"
    does_jobs = ()  # only where the plan names it
    is_pinned = False


class TwoLoops(OneLoop):
    name = "two-loops"
    loops = 2


SUBJECTS = [Portfoliod, OneLoop, TwoLoops]
