#!/usr/bin/env python3
"""Files of at most 500 lines, C functions of at most 60 (CONTRIBUTING.md).

usage: check_lengths.py FILE...   Prints what is longer; exit code 1 if anything is.
"""

import sys

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60


def functions(lines):
    """(first line, number of lines) of each C function as clang-format lays it out."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith("}") and start is not None:
            yield start, number - start + 1
            start = None
        elif line.rstrip().endswith("{") and not line[0].isspace() and "(" in line and "=" not in line.split("(")[0]:
            start = number
        elif line.rstrip().endswith(") {") and start is None and line[0].isspace() and number > 1:
            # The last line of a prototype that was broken over several.
            first = number
            while first > 1 and lines[first - 1][0:1].isspace():
                first -= 1
            if "(" in lines[first - 1] and not lines[first - 1].startswith(("}", "#", "/", "*")):
                start = first


def main():
    is_clean = True
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        if len(lines) > FILE_LINES_MAX:
            print(f"{path}: {len(lines)} lines, at most {FILE_LINES_MAX}")
            is_clean = False
        if path.endswith((".c", ".h")):
            for start, length in functions([line or " " for line in lines]):
                if length > FUNCTION_LINES_MAX:
                    print(f"{path}:{start}: a function of {length} lines, at most {FUNCTION_LINES_MAX}")
                    is_clean = False
    sys.exit(0 if is_clean else 1)


if __name__ == "__main__":
    main()
