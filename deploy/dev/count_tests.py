#!/usr/bin/env python3
"""Adds up JUnit files and prints `N passed, N failed, N skipped`.

usage: count_tests.py FAILED_STAGES FILE...

Exit code 0 only when something passed and nothing failed. FAILED_STAGES: how
many stages failed without a test of theirs having failed (a build, a crash);
each counts as one failure.
"""

import sys
import xml.etree.ElementTree as ElementTree


def counts_of(path):
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"} or case.get("status") == "fail":
            failed += 1
        elif "skipped" in outcomes or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    passed, failed, skipped = 0, int(sys.argv[1]), 0
    for path in sys.argv[2:]:
        counts = counts_of(path)
        passed, failed, skipped = passed + counts[0], failed + counts[1], skipped + counts[2]
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(0 if passed and not failed else 1)


if __name__ == "__main__":
    main()
