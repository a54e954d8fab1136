"""What people look at: the SDK by itself, cold loads of the dashboard, and its main thread while prices change,
beside a page that renders everything anew (`web/`). Chromium has both cores, with the server, Redis and PostgreSQL."""

import json
import os
import shutil
import subprocess
import tempfile

NAME = "clients"
BENCH = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(BENCH))
SITE = os.path.join(ROOT, "build", "web")
POSITIONS, CHANGES_PER_S, LOADS = 1000, 500, 7
SECONDS_LEAST = 5  # of a round: fewer frames say little


def unavailable():
    """Why this cannot be measured here; None: it can."""
    from support import browser

    if not os.path.isfile(os.path.join(SITE, "index.html")):
        return "no dashboard in build/web"
    return None if browser.find() else "no chromium"


def _site(directory):
    """The dashboard, and beside it the page it is compared with."""
    path = os.path.join(directory, "site")
    shutil.copytree(SITE, path)
    for name in ("naive.html", "naive.js"):
        shutil.copy(os.path.join(BENCH, "web", name), path)
    return path


def run_clients(binary, runs, seconds, positions=POSITIONS, loads=LOADS):
    """Yields the lines of all rounds."""
    from support import browser

    plan = {"rounds": runs, "seconds": seconds, "positions": positions, "changes": CHANGES_PER_S, "loads": loads}
    with tempfile.TemporaryDirectory(prefix="pf-bench-") as directory:
        env = {
            **os.environ,
            "PORTFOLIOD": binary,
            "PF_SITE": _site(directory),
            "PF_CHROMIUM": browser.find(),
            "PF_BENCH": json.dumps(plan),
        }
        command = ["node", os.path.join(ROOT, "tests", "e2e", "run.mjs"), os.path.join(BENCH, "web", "clients.ts")]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as child:
            for line in child.stdout:
                if line.startswith("{"):
                    yield {"bench": NAME, **json.loads(line)}
        if child.returncode != 0:
            raise RuntimeError(f"the bench of the clients ended with {child.returncode}")


def _median(lines, key):
    values = sorted(line[key] for line in lines)
    return values[len(values) // 2] if len(values) % 2 else sum(values[len(values) // 2 - 1 : len(values) // 2 + 1]) / 2


def _range(lines, key, form):
    values = [line[key] for line in lines]
    return f"{form.format(_median(lines, key))} ({form.format(min(values))} to {form.format(max(values))})"


def ticking(lines, subject):
    return [line for line in lines if line["line"] == "ticking" and line["subject"] == subject]


def busy_ratios(lines):
    """naive / dashboard of each round."""
    ours = {line["round"]: line["busy"] for line in ticking(lines, "dashboard")}
    return [line["busy"] / ours[line["round"]] for line in ticking(lines, "naive") if line["round"] in ours]


def client_rows(lines):
    """[what, of, numbers] for the report's table."""
    for line in lines:
        if line["line"] == "sdk":
            yield ["SDK, minified", "ESM", f"{line['bytes']:,} bytes, {line['gzip_bytes']:,} gzipped"]
        elif line["line"] == "delta":
            text = f"parsed {line['parse_us']:,.0f} us, merged {line['merge_us']:,.0f} us (JSON.parse {line['json_parse_us']:,.0f} us)"
            yield ["a delta", f"{line['rows']} rows, {line['bytes']:,} bytes", text]
        elif line["line"] == "load":
            text = f"{line['bytes']:,} bytes, first paint {line['first_paint_ms']:,.0f} ms, shown {line['shown_ms']:,.0f} ms"
            yield [f"a cold load, median of {line['loads']}", line["what"], text]
    for subject in ("dashboard", "naive"):
        found = ticking(lines, subject)
        if found:
            text = f"main thread busy {_range(found, 'busy', '{:.0%}')}, {_range(found, 'frames_per_s', '{:.0f}')} frames/s"
            text += f", slowest frame {_median(found, 'slowest_frame_ms'):,.0f} ms, {_median(found, 'behind_ms'):,.0f} ms behind at the end, at {_median(found, 'changes_per_s'):,.0f} changes/s"
            yield ["prices change", subject, text]
