"""The programs of micro/: revaluation and encoding without a network. Each has
runs and medians of its own, so the bench calls it once, on the server's core."""

import json
import os
import subprocess

PROGRAMS = {
    "micro_revaluation": ["bench_revaluation", "--positions"],
    "micro_encode": ["bench_encode"],
}
DEADLINE_S = 1800


def run_micro(name, stack, positions):
    """Its lines as dictionaries; none when it is not built."""
    program, *options = PROGRAMS[name]
    path = os.path.join(stack.build, program)
    if not os.path.exists(path):
        print(f"{name} is left out: {path} is not built")
        return []
    if options:
        options.append(positions)
    cores = ",".join(str(core) for core in sorted(stack.server_core))
    done = subprocess.run(
        ["taskset", "-c", cores, path, *options], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{program} ended with {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
