"""`portfoliod publish -` kept running: a line of quotes in, an answer out."""

import subprocess

from support import exact_json
from support.server import binary_path, program_environment


class Publisher:
    def __init__(self, redis_url):
        self._popen = subprocess.Popen(
            [binary_path(), "publish", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=program_environment({"REDIS_URL": redis_url}),
            text=True,
            bufsize=1,
        )

    def publish(self, quotes):
        """One batch; returns its number."""
        self._popen.stdin.write(exact_json.dumps(quotes) + "\n")
        self._popen.stdin.flush()
        answer = self._popen.stdout.readline()
        assert answer.startswith("ok "), answer
        return int(answer.split()[1])

    def stop(self):
        self._popen.stdin.close()
        code = self._popen.wait()
        self._popen.stdout.close()
        assert code == 0, f"portfoliod publish ended with {code}"
