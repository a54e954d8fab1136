#!/usr/bin/python3
"""The bench: servers on one core, everything else on the other, in turn, run by run.

Starts PostgreSQL and Redis of its own, then measures every subject of every
experiment once, and that as often as --runs says, so that what the machine does
meanwhile falls on all of them. Prints a table; build/bench/<time>/ gets
results.jsonl (a line for every run, median and goal), table.md and plots (*.svg).
README.md in this folder says what is measured and how.
"""

import argparse
import os
import re
import sys
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(BENCH))
sys.path[:0] = [BENCH, os.path.join(ROOT, "tests")]
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from clients_runs import NAME as CLIENTS, SECONDS_LEAST, run_clients, unavailable as clients_unavailable
from goals import goals_of
from machine import machine_facts
from micro_runs import PROGRAMS, run_micro
from plan import CONNECTS_MAX, clients_max, make_plan, read_counts
from plots import write_plots
from report import write_report
from rest.rest_runs import run_rest
from results import Results
from returns_runs import HOLDINGS, NAME as RETURNS, run_returns
from runner import MeasurementFailed, Progress, Runner, summary
from stack import BenchStack
from subjects import all_subjects


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="where portfoliod and load_client are")
    parser.add_argument("--out", help="the directory of the results (build/bench/<time>)")
    parser.add_argument("--runs", type=int, default=5, help="of every subject (5)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement (5)")
    parser.add_argument("--warm-up", type=float, default=2.0, help="seconds before it (2)")
    parser.add_argument("--counts", default="1000,10000,max", help="of clients (1000,10000,max: what the limit of descriptors allows)")
    parser.add_argument("--connects", type=int, default=CONNECTS_MAX, help=f"connections of the connect experiment ({CONNECTS_MAX})")
    parser.add_argument("--positions", default="1000000,10000000,50000000", help="of the revaluation without a network")
    parser.add_argument("--holdings", type=int, default=HOLDINGS, help=f"of the portfolio whose returns are asked for ({HOLDINGS})")
    parser.add_argument("--only", metavar="REGEX", help="subjects whose name it finds")
    parser.add_argument("--experiments", metavar="REGEX", help="experiments whose name it finds")
    parser.add_argument("--quick", action="store_true", help="one short run with few clients, to see that everything works")
    parser.add_argument("--list", action="store_true", help="say what would be measured, and end")
    parsed = parser.parse_args(arguments)
    if parsed.quick:
        parsed.runs, parsed.seconds, parsed.warm_up, parsed.counts = 1, 1.0, 0.5, "1000"
        parsed.connects, parsed.positions, parsed.holdings = 3000, "1000000", 50
    return parsed


def choose(plan, classes, stack, pattern):
    """[(experiment, its subjects)], and the reasons of those that cannot run."""
    reasons = {}
    for subject in classes:
        reason = subject.unavailable(stack)
        if reason:
            reasons[subject.name] = reason
    chosen = []
    for experiment in plan:
        subjects = [s for s in classes if experiment.takes(s) and (pattern is None or re.search(pattern, s.name))]
        able = [subject for subject in subjects if subject.name not in reasons]
        if able:
            chosen.append((experiment, able))
    return chosen, reasons


def measure_micro(arguments, stack, results):
    for name in PROGRAMS:
        if arguments.only is None and (arguments.experiments is None or re.search(arguments.experiments, name)):
            print(f"{name} …", flush=True)
            for line in run_micro(name, stack, arguments.positions):
                results.add_micro(line)


def measure_rest(arguments, stack, results):
    """REST beside pgbench, when it was not left out."""
    if arguments.only is None and (arguments.experiments is None or re.search(arguments.experiments, "rest")):
        print("rest …", flush=True)
        for line in run_rest(stack, arguments.runs, arguments.seconds, arguments.warm_up):
            results.add_rest(line)
            print(f"rest run {line['run']} {line['operation']}, {line['subject']}: {line['requests_per_s']:,.0f} requests/s")


def measure_returns(arguments, stack, results):
    is_chosen = arguments.only is None or re.search(arguments.only, "server")
    if is_chosen and (arguments.experiments is None or re.search(arguments.experiments, RETURNS)):
        print(f"{RETURNS} …", flush=True)
        for line in run_returns(stack, arguments.holdings):
            results.add_report(line)


def measure_clients(arguments, stack, results):
    is_chosen = arguments.only is None and (arguments.experiments is None or re.search(arguments.experiments, CLIENTS))
    reason = clients_unavailable() if is_chosen else None
    if reason:
        print(f"{CLIENTS} is left out: {reason}")
    elif is_chosen:
        print(f"{CLIENTS} …", flush=True)
        for line in run_clients(stack.program, arguments.runs, max(arguments.seconds, SECONDS_LEAST)):
            results.add_client(line)
            print(f"{CLIENTS} {line}", flush=True)


def measure_all(chosen, runs, runner, results, server_class):
    """Run by run, and in each run the subjects of an experiment one after the other."""
    progress = Progress(runs * sum(len(subjects) for _, subjects in chosen))
    failures = []
    for number in range(1, runs + 1):
        for experiment, subjects in chosen:
            if subjects[0].name != server_class.name:
                runner.prepare(experiment, server_class)
            # There and back, so that nobody always runs after the same one.
            for subject in subjects if number % 2 else reversed(subjects):
                what = f"{experiment.name} run {number} {subject.name}"
                try:
                    result = runner.measure(subject, experiment)
                except MeasurementFailed as error:
                    failures.append(f"{what}: {error}")
                    results.write("failure", experiment=experiment.name, subject=subject.name, run=number, why=str(error))
                    progress.show(f"{what}: FAILED: {error}")
                    continue
                results.add_run(experiment.name, subject.name, number, result)
                progress.show(f"{what}: {summary(result)}")
    return failures


def finish(results, plan, facts, failures, directory):
    results.write_medians()
    goals = goals_of(results)
    for goal in goals:
        results.write("goal", **goal.members())
    text = write_report(results, plan, goals, facts, failures)
    with open(os.path.join(directory, "table.md"), "w", encoding="utf-8") as file:
        file.write(text)
    write_plots(results, plan, directory)
    print("\n" + text)
    print(f"Results: {directory}")


def measure(arguments, stack, chosen, reasons, server_class):
    """Everything that was chosen; the exit code."""
    plan = [experiment for experiment, _ in chosen]
    directory = arguments.out or os.path.join(ROOT, "build", "bench", time.strftime("%Y-%m-%dT%H%M%S"))
    os.makedirs(directory, exist_ok=True)
    facts = machine_facts(dict.fromkeys(subject for _, subjects in chosen for subject in subjects))
    results = Results(os.path.join(directory, "results.jsonl"))
    results.write("machine", **facts, left_out=reasons, arguments=vars(arguments))
    measure_micro(arguments, stack, results)
    measure_clients(arguments, stack, results)
    try:
        stack.start()
        stack.seed(max((experiment.job.portfolios for experiment in plan), default=1))
        measure_rest(arguments, stack, results)
        measure_returns(arguments, stack, results)
        runner = Runner(stack, arguments.seconds, arguments.warm_up)
        failures = measure_all(chosen, arguments.runs, runner, results, server_class)
    finally:
        stack.close()
    finish(results, plan, facts, failures, directory)
    return 1 if failures else 0


def main():
    arguments = parse_arguments()
    counts = read_counts(arguments.counts)
    plan = make_plan(counts, min(arguments.connects, clients_max()), arguments.experiments)
    classes = all_subjects()
    server_class = next(subject for subject in classes if subject.name == "server")
    stack = BenchStack(os.path.abspath(arguments.build))
    chosen, reasons = choose(plan, classes, stack, arguments.only)
    for name, reason in reasons.items():
        print(f"{name} is left out: {reason}")
    for experiment, subjects in chosen:
        print(f"{experiment.name}: {', '.join(subject.name for subject in subjects)}")
    if arguments.list:
        return 0
    return measure(arguments, stack, chosen, reasons, server_class)


if __name__ == "__main__":
    sys.exit(main())
