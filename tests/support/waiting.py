"""Waiting for a condition with a deadline; no test sleeps to let something happen."""

import os
import time

# Generous: sanitizers on a shared machine are slow. A deadline only decides how
# long a broken build takes to say so.
DEADLINE_S = float(os.environ.get("PF_TEST_DEADLINE_S", "30"))
_POLL_S = 0.01


def wait_until(condition, deadline_s=None, what="the condition", poll_s=_POLL_S):
    """Calls `condition` until it is true and returns its value.

    `what` is a text, or a function that gives one, for the failure.
    """
    limit = DEADLINE_S if deadline_s is None else deadline_s
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            text = what() if callable(what) else what
            raise AssertionError(f"{text} did not hold within {limit:g} s")
        time.sleep(poll_s)


def wait_for_a_quiet_date(margin_s=60, begins_h=0):
    """For what must not see the date change: until midnight UTC, or the hour at which another kind of day
    begins, is neither just over nor about to come."""

    def is_far():
        return margin_s < (time.time() - 3600 * begins_h) % 86400 < 86400 - margin_s

    wait_until(is_far, 3 * margin_s, "a date that stays")


def wait_with_few(condition, tries_max, what="the condition"):
    """The same for a condition that uses something up by being asked: with so many tries it would hold by itself.
    A tenth of a second apart, so that the few are not over while what it waits for stands still."""
    tries = []
    value = wait_until(lambda: tries.append(None) or condition(), what=what, poll_s=0.1)
    assert len(tries) < tries_max, f"{what} took {len(tries)} tries"
    return value


def promptly(seconds, subjects, steps):
    """What `steps(subject)` gives, of the first subject with which they took less than so long.

    For what is refused for so long only: in slower steps it was granted again, and they say nothing.
    """
    end = time.monotonic() + DEADLINE_S
    for subject in subjects:
        began = time.monotonic()
        found = steps(subject)
        if time.monotonic() - began < seconds:
            return found
        assert time.monotonic() < end, f"each time the steps took {seconds} s or more"
    raise AssertionError("no subject is left")
