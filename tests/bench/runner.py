"""Takes measurements: starts a subject, runs the load client against it, stops it."""

import dataclasses
import json
import os
import signal
import subprocess
import time

DEADLINE_S = 400  # beside what is measured: starting, connecting, stopping
CALIBRATION_S = 1.0
PUSHED_FRAME_BYTES = 900  # where our server is not asked


class MeasurementFailed(Exception):
    """It says nothing; the text says why."""


class Runner:
    def __init__(self, stack, seconds, warm_up_s):
        self._stack = stack
        self._seconds = seconds
        self._warm_up_s = warm_up_s
        self._frame_bytes = {}  # of (kind, clients): our server's mean delta

    def measure(self, subject_class, experiment):
        """One run: its numbers as a dictionary."""
        result = self._measure(subject_class, experiment, self._seconds, self._warm_up_s)
        if subject_class.name == "server" and experiment.mode == "stream":
            self._note_frame_bytes(experiment.job, result)
        return result

    def prepare(self, experiment, server_class):
        """Learns how large our server's frames are, for those that send as many bytes."""
        job = experiment.job
        key = (job.kind, job.clients)
        if key in self._frame_bytes or experiment.mode != "stream":
            return
        result = self._measure(server_class, experiment, CALIBRATION_S, min(1.0, self._warm_up_s))
        self._note_frame_bytes(job, result)

    def _note_frame_bytes(self, job, result):
        self._frame_bytes[(job.kind, job.clients)] = result["bytes_per_frame"]

    def _measure(self, subject_class, experiment, seconds, warm_up_s):
        job = dataclasses.replace(experiment.job)
        job.frame_bytes = self._frame_bytes.get((job.kind, job.clients), PUSHED_FRAME_BYTES)
        self._stack.forget_quotes()
        subject = subject_class(self._stack)
        try:
            subject.start(job)
            result = self._run_load_client(subject, experiment, job, seconds, warm_up_s)
        except (OSError, RuntimeError, AssertionError) as error:
            raise MeasurementFailed(f"{subject.name} in {job.name}: {error}") from error
        finally:
            subject.stop()
        result.update(subject.counted)
        if not subject.is_pinned:
            for key in ("server_core_busy", "client_core_busy"):
                result.pop(key, None)
        if experiment.mode == "stream":
            self._count_changes(subject, result)
        return result

    @staticmethod
    def _count_changes(subject, result):
        changes = subject.changes_per_update
        if changes is not None:
            result["rows_per_frame"] = changes
            result["changes_per_s"] = result["frames_per_s"] * changes
            result["bytes_per_change"] = result["bytes_per_frame"] / changes
        elif result["rows_per_frame"] == 0:  # bytes without a meaning
            for key in ("rows_per_frame", "changes_per_s", "bytes_per_change"):
                del result[key]
            return
        if result["server_cpu"] > 0:
            result["changes_per_core_s"] = result["changes_per_s"] / result["server_cpu"]

    def _command(self, subject, experiment, job, seconds, warm_up_s):
        options = {
            "port": subject.port,
            "pids": ",".join(str(pid) for pid in subject.pids),
            "dialect": subject.dialect,
            "path": subject.path,
            "hello": subject.hello,
            "clients": job.clients,
            "portfolios": job.portfolios,
            "subscriptions": job.subscriptions,
            "rate": job.batches_per_s,
            "symbols": job.symbols,
            "seconds": seconds,
            "warm-up": warm_up_s,
        }
        if subject.window is not None and job.is_saturated:
            options["window"] = subject.window
        if subject.is_pinned:
            options["server-core"] = min(self._stack.server_core)
            options["client-core"] = min(self._stack.other_core)
        if experiment.mode == "connects":
            options.update({"in-flight": 256, "first": job.portfolios})
        command = [os.path.join(self._stack.build, "load_client"), experiment.mode]
        for name, value in options.items():
            if value is not None:
                command += [f"--{name}", str(value)]
        if job.is_saturated:
            command.append("--same-class")
        if subject.is_pinned:  # with a core that is nobody's to compete for
            command.append("--awake")
        return [*command, "--", *subject.publish_command(job)]

    def _run_load_client(self, subject, experiment, job, seconds, warm_up_s):
        command = self._command(subject, experiment, job, seconds, warm_up_s)
        if not subject.is_pinned:
            cores = ",".join(str(core) for core in sorted(self._stack.all_cores))
            command = ["taskset", "-c", cores, *command]
        child = subprocess.Popen(
            command, env=subject.publish_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            out, errors = child.communicate(timeout=DEADLINE_S + seconds + warm_up_s)
        except subprocess.TimeoutExpired as error:
            child.send_signal(signal.SIGKILL)
            child.communicate()
            raise RuntimeError("the load client did not end") from error
        if child.returncode != 0 or not out.strip():
            raise RuntimeError(f"the load client ended with {child.returncode}: {out.strip()} {errors.strip()}")
        result = json.loads(out.splitlines()[-1])
        if errors.strip():
            result["remarks"] = errors.strip()
        return result


class Progress:
    """A line a measurement: how far it is, and what came out."""

    def __init__(self, total):
        self._total = total
        self._done = 0
        self._started = time.monotonic()

    def show(self, text):
        self._done += 1
        passed = time.monotonic() - self._started
        left = passed / self._done * (self._total - self._done)
        print(f"[{self._done}/{self._total}, about {left / 60:.0f} min left] {text}", flush=True)


def summary(result):
    """What a progress line says of a result."""
    mode = result.get("mode")
    if mode == "memory":
        return (
            f"{result['bytes_per_idle_connection']:,.0f} bytes an idle connection, "
            f"{result['bytes_per_subscribed_connection']:,.0f} subscribed"
        )
    if mode == "connects":
        return f"{result['connects_per_s']:,.0f} connects/s, {result['connects_per_s_at_end']:,.0f} at the end"
    return (
        f"{result['frames_per_s']:,.0f} frames/s, {result['server_cpu_us_per_frame']:.2f} us a frame, "
        f"cpu {result['server_cpu']:.2f}, client {result['client_cpu']:.2f}, p99 {result['latency_ms']['p99']:.1f} ms"
    )
