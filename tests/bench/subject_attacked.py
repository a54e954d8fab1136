"""Our own server with an attack beside the good clients, whose latency is measured."""

import json
import os
import subprocess
import sys

from subjects import BENCH, load_modules

Portfoliod = next(load_modules("subject_portfoliod.py")).Portfoliod


class Attacked(Portfoliod):
    name = "server-attacked"
    does_jobs = ()  # only where the plan names it

    def __init__(self, stack):
        super().__init__(stack)
        self._attack = None

    def start(self, job):
        super().start(job)
        cores = ",".join(str(cpu) for cpu in sorted(self.stack.other_core))
        command = ["setpriv", "--pdeathsig=TERM", "--", "taskset", "-c", cores]
        command += [sys.executable, os.path.join(BENCH, "attack.py"), str(self.port)]
        self._attack = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        # Before that a SIGTERM would end it without a word of what it did.
        assert self._attack.stdout.readline() == "attacking\n"

    def stop(self):
        if self._attack is not None:
            attack, self._attack = self._attack, None
            attack.terminate()
            out, _ = attack.communicate(timeout=30)
            did = json.loads(out) if out.strip() else {}
            self.counted = {f"attack_{what}": n for what, n in did.items()}
        super().stop()


SUBJECTS = [Attacked]
