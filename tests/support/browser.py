"""The Chromium that browser tests drive."""

import shutil
import subprocess

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def _answers(path):
    """Ubuntu's package is a script that asks for a snap."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "Chrom" in done.stdout


def find():
    """Its path, or None: where a distribution has it only as a snap, or not at all."""
    return next((path for path in map(shutil.which, _NAMES) if path and _answers(path)), None)
