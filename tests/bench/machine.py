"""Facts of the machine and of what is measured, for whoever reads the numbers."""

import os
import platform
import re
import subprocess

from plan import descriptor_limit
from subjects import ROOT

PACKAGES = [
    "libwebsockets17",
    "libwebsockets19",
    "libev4",
    "libhiredis0.14",
    "libhiredis1.1.0",
    "libpq5",
    "libjansson4",
    "redis-server",
    "postgresql",
]


def _output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        found = re.search(r"^model name\s*:\s*(.+)$", file.read(), re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def _distribution():
    try:
        with open("/etc/os-release", encoding="utf-8") as file:
            found = re.search(r'^PRETTY_NAME="?([^"\n]+)', file.read(), re.MULTILINE)
    except OSError:
        return ""
    return found.group(1) if found else ""


def _packages():
    versions = {}
    for name in PACKAGES:
        version = _output("dpkg-query", "-W", "-f=${Version}", name)
        if version:
            versions[name] = version
    return versions


def _congestion_control():
    try:
        with open("/proc/sys/net/ipv4/tcp_congestion_control", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def machine_facts(subject_classes):
    commit = _output("git", "rev-parse", "--short=12", "HEAD") or "unknown"
    if _output("git", "status", "--porcelain", "--untracked-files=no"):
        commit += " with changes"
    facts = {
        "commit": commit,
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "distribution": _distribution(),
        "tcp_congestion_control": _congestion_control(),
        "descriptor_limit": descriptor_limit(),
        "load_average_at_start": os.getloadavg()[0],
    }
    facts.update(_packages())
    for subject in subject_classes:
        version = subject.version()
        if version:
            facts[subject.name] = version
    return facts
