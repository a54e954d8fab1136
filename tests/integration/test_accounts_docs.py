"""docs/accounts.md is true: its commands run as they stand there, in their order."""

import json
import os
import re
import subprocess
from pathlib import Path

from support.callers import AUTH_ON
from support.server import binary_path, program_environment

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "accounts.md").read_text()


def test_its_commands_run(start_server, tmp_path, postgres):
    keys = tmp_path / "keys"
    settings = {**AUTH_ON, "KEY_DIR": str(keys)}
    server = start_server(**settings)
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    assert script.count("curl -sf") == TEXT.count("curl -sf") > 8
    script = script.replace("http://localhost:8080", server.url)
    script = 'set -eu -o pipefail\nportfoliod() { "$PORTFOLIOD" "$@"; }\n' + script
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={
            **program_environment({**settings, "DATABASE_URL": postgres.url}),
            "PORTFOLIOD": os.path.abspath(binary_path()),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"ws://localhost:8080/stream\?ticket=pft_\S{43}\n", done.stdout)
    last = json.loads(done.stdout[done.stdout.rindex("{") :])
    assert (last["role"], last["email"]) == ("admin", "root@example.com")
    assert last["credential"] == "session"
