#!/usr/bin/env python3
"""The guard of the hot paths: counts their instructions and compares with baselines.json.

    tests/bench/micro/guard.py [--build DIR] [--update] [--junit FILE] [PATH...]

valgrind's callgrind counts; nothing is timed, so a loaded machine gives the same
numbers. A path that takes over 5 % more instructions than its baseline fails:
make it cheaper again, or record the new price with `./dev guard --update` in the
same commit, which shows it to whoever reads that commit. Baselines belong to a
compiler and a machine (`gcc-12-x86_64`); where there are none, nothing is judged.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BASELINES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "baselines.json")
ALLOWED_PERCENT = 5

# What is counted shall be ours. libc picks its string functions by the processor: here the
# plain ones, so that two machines count the same. malloc's way to a block depends on all that
# was freed before: here its first cache holds everything. And the loader is done beforehand.
ENVIRONMENT = {
    "LD_BIND_NOW": "1",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=65535:glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-AVX512BW,"
    "-AVX_Fast_Unaligned_Load,-ERMS,-FSRM,-RTM,-BMI2,-SSE4_2,-SSSE3,-Fast_Unaligned_Copy",
}

# verdict: "passed", "failed" or "skipped"
Result = collections.namedtuple("Result", "path unit baseline now verdict note")


class GuardError(Exception):
    """The counting itself went wrong."""


def change_percent(baseline, now):
    return (now - baseline) * 100 / baseline


def judge(path, unit, baseline, now):
    change = change_percent(baseline, now)
    if change > ALLOWED_PERCENT:
        note = f"grew by more than {ALLOWED_PERCENT} %: make it cheaper, or ./dev guard --update in the same commit"
        return Result(path, unit, baseline, now, "failed", note)
    if change < -ALLOWED_PERCENT:
        note = "shrank: ./dev guard --update keeps the gain"
        return Result(path, unit, baseline, now, "passed", note)
    return Result(path, unit, baseline, now, "passed", "")


def compare(baselines, counts):
    """The results of what was counted.

    baselines: {path: instructions per operation} of this toolchain, None when it has none.
    counts: {path: (unit, instructions per operation)}; every path the program has.
    """
    results = []
    for path, (unit, now) in counts.items():
        if baselines is None:
            results.append(Result(path, unit, None, now, "skipped", "no baselines for this toolchain"))
        elif path not in baselines:
            note = "has no baseline: ./dev guard --update"
            results.append(Result(path, unit, None, now, "failed", note))
        else:
            results.append(judge(path, unit, baselines[path], now))
    for path in sorted(set(baselines or ()) - set(counts)):
        note = "has a baseline but was not counted"
        results.append(Result(path, "", baselines[path], None, "failed", note))
    return results


def run_program(arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    if done.returncode != 0:
        raise GuardError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


def count(program, path, directory):
    """(unit, instructions per operation) of a path."""
    out_file = os.path.join(directory, path)
    command = [shutil.which("valgrind"), "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out_file}"]
    said = json.loads(run_program(command + [program, path]))
    with open(out_file, encoding="utf-8") as file:
        total = re.search(r"^totals: (\d+)$", file.read(), re.MULTILINE)
    if total is None or int(total.group(1)) == 0:
        raise GuardError(f"callgrind counted nothing of {path}")
    # A tenth is exact enough for the cheapest of them.
    return said["unit"], round(int(total.group(1)) / said["operations"], 1)


def count_all(program, paths):
    with tempfile.TemporaryDirectory() as directory:
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            counted = pool.map(lambda path: count(program, path, directory), paths)
            return dict(zip(paths, counted))


def print_table(toolchain, results):
    width = max(len(result.path) for result in results)
    print(f"instructions for one operation, {toolchain}, against {os.path.relpath(BASELINES, ROOT)}")
    print(f"{'path':{width}}  {'baseline':>10}  {'now':>10}  {'change':>8}")
    for result in results:
        baseline = "-" if result.baseline is None else f"{result.baseline:,.1f}"
        now = "-" if result.now is None else f"{result.now:,.1f}"
        change = ""
        if result.baseline is not None and result.now is not None:
            change = f"{change_percent(result.baseline, result.now):+.1f} %"
        mark = {"failed": "FAILED: ", "skipped": "skipped: "}.get(result.verdict, "")
        unit = f" a {result.unit}" if result.unit else ""
        line = f"{result.path:{width}}  {baseline:>10}  {now:>10}  {change:>8}{unit}"
        print(f"{line}  {mark}{result.note}".rstrip())


def write_junit(path, results):
    suite = ElementTree.Element("testsuite", name="guard", tests=str(len(results)))
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", classname="guard", name=result.path)
        if result.verdict != "passed":
            tag = "failure" if result.verdict == "failed" else "skipped"
            ElementTree.SubElement(case, tag, message=f"{result.path} {result.note}")
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def read_baselines():
    try:
        with open(BASELINES, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def write_baselines(baselines):
    with open(BASELINES, "w", encoding="utf-8") as file:
        json.dump(baselines, file, indent=2, sort_keys=True)
        file.write("\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="the release build, with hot_paths")
    parser.add_argument("--update", action="store_true", help="record what is counted as the baselines")
    parser.add_argument("--junit", metavar="FILE", help="write the results there too")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only these (all)")
    return parser.parse_args()


def guard(arguments):
    """The exit code."""
    program = os.path.join(arguments.build, "hot_paths")
    if not os.access(program, os.X_OK):
        raise GuardError(f"{program} is not there: build it where valgrind/callgrind.h is installed")
    if shutil.which("valgrind") is None:
        raise GuardError("valgrind is not installed")
    toolchain = run_program([program, "--toolchain"]).strip()
    counts = count_all(program, arguments.paths or run_program([program, "--list"]).split())
    recorded = read_baselines()
    baselines = recorded.get(toolchain)
    if baselines is not None and arguments.paths:
        baselines = {path: value for path, value in baselines.items() if path in arguments.paths}
    results = compare(baselines, counts)
    print_table(toolchain, results)
    if arguments.update:
        kept = recorded.get(toolchain, {}) if arguments.paths else {}
        recorded[toolchain] = {**kept, **{path: now for path, (_, now) in counts.items()}}
        write_baselines(recorded)
        print(f"recorded as the baselines of {toolchain}")
        return 0
    if baselines is None:
        print(f"There are no baselines for {toolchain}, so nothing was judged; ./dev guard --update records them.")
    if arguments.junit:
        write_junit(arguments.junit, results)
    return 1 if any(result.verdict == "failed" for result in results) else 0


def main():
    try:
        return guard(parse_arguments())
    except GuardError as error:
        print(f"guard: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
