#!/usr/bin/python3
"""The arrows of ARCHITECTURE.md, checked: a file includes only its own layer's
headers and those of the layers that its CMakeLists.txt links by name, and only
the foreign libraries linked there. What is linked through another layer does
not count. Also refuses the calls that no code of the server may make.

    check_layers.py [ROOT]      checks the tree
    check_layers.py --self-test checks that each kind of violation is caught
"""

import pathlib
import re
import sys
import tempfile

# Lowest first. A layer links only layers of lower rank, so never a sibling.
RANKS = {
    "base": 0,
    "ops": 1,
    "thread": 1,
    "domain": 2,
    "protocol": 3,
    "store": 4,
    "feed": 4,
    "net": 4,
    "identity": 4,
    "app": 5,
}

# The first part of a foreign header's path -> what must be linked for it.
FOREIGN = {
    "libpq-fe.h": "PkgConfig::PQ",
    "libwebsockets.h": "PkgConfig::LWS",
    "hiredis": "PkgConfig::HIREDIS",
    "curl": "PkgConfig::CURL",
    "jansson.h": "PkgConfig::JANSSON",
    "zlib.h": "PkgConfig::ZLIB",
    "openssl": "PkgConfig::CRYPTO",
    "sodium.h": "PkgConfig::SODIUM",
    "ev.h": "pf_libev",
}

BANNED = re.compile(r"\b(strcpy|stpcpy|strcat|sprintf|vsprintf|atoi|atol|atoll|atof|strtok|gets)\s*\(")
PF_LAYER = re.compile(r"pf_layer\(\s*(\w+)(?:\s+USES\s+([^)]*))?\)")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.M)
COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def layer_folder(root, layer):
    return root / "protocol" if layer == "protocol" else root / "server" / layer


def without_comments(text):
    """Line numbers stay."""
    return COMMENT_OR_TEXT.sub(
        lambda m: re.sub(r"[^\n]", " ", m.group()) if m.group().startswith("/") else m.group(), text
    )


def without_texts(text):
    return COMMENT_OR_TEXT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def read_links(root):
    """layer -> the set of what its pf_layer line links; and the problems."""
    links, problems = {}, []
    for layer in RANKS:
        path = layer_folder(root, layer) / "CMakeLists.txt"
        match = PF_LAYER.search(path.read_text()) if path.exists() else None
        if not match or match.group(1) != layer:
            problems.append(f"{path.relative_to(root)}: no pf_layer({layer} …)")
            links[layer] = set()
            continue
        links[layer] = set((match.group(2) or "").split())
        for name in sorted(links[layer]):
            below = name[3:] if name.startswith("pf_") else None
            if below in RANKS and RANKS[below] >= RANKS[layer]:
                problems.append(f"{path.relative_to(root)}: {layer} may not link {below}: arrows go down only")
    return links, problems


def check_include(layer, linked, local, foreign):
    """What is wrong with one include, or None."""
    if local is None:
        needed = FOREIGN.get(foreign.split("/")[0])
        if needed and needed not in linked:
            return f"{layer} includes <{foreign}> and does not link {needed}"
        return None
    if ".." in local.split("/"):
        return f'"{local}" goes around the folders\' names'
    folder = local.split("/")[0] if "/" in local else layer  # generated headers have no folder
    if folder == layer or f"pf_{folder}" in linked:
        return None
    if folder in RANKS:
        return f'{layer} includes "{local}" and does not link pf_{folder}'
    return f'"{local}" is of no layer'


def check_file(path, name, layer, linked):
    problems = []
    text = without_comments(path.read_text())
    for match in INCLUDE.finditer(text):
        problem = check_include(layer, linked, match.group(1), match.group(2)) if layer else None
        if problem:
            problems.append(f"{name}:{line_of(text, match.start())}: {problem}")
    text = without_texts(text)
    for match in BANNED.finditer(text):
        problems.append(f"{name}:{line_of(text, match.start())}: {match.group(1)}() is banned")
    return problems


def check_tree(root):
    """All problems of the tree, and how many files were looked at."""
    links, problems = read_links(root)
    files = sorted(p for top in ("server", "protocol") for p in (root / top).rglob("*.[ch]"))
    for path in files:
        parts = path.relative_to(root).parts
        layer = "protocol" if parts[0] == "protocol" else parts[1] if len(parts) > 2 else None
        if layer is not None and layer not in RANKS:
            problems.append(f"{path.relative_to(root)}: the folder is of no layer")
            continue
        # main.c, which is in no layer, puts all of them together.
        problems += check_file(path, path.relative_to(root), layer, links.get(layer, set()))
    return problems, len(files)


GOOD_TREE = {
    "server/base/CMakeLists.txt": "pf_layer(base)",
    "server/ops/CMakeLists.txt": "pf_layer(ops USES pf_base)",
    "server/thread/CMakeLists.txt": "pf_layer(thread USES pf_base pf_libev)",
    "server/domain/CMakeLists.txt": "pf_layer(domain USES pf_base)",
    "protocol/CMakeLists.txt": "pf_layer(protocol USES pf_domain pf_base PkgConfig::JANSSON)",
    "server/store/CMakeLists.txt": "pf_layer(store USES pf_domain\n  pf_base PkgConfig::PQ)",
    "server/feed/CMakeLists.txt": "pf_layer(feed USES pf_protocol pf_base)",
    "server/net/CMakeLists.txt": "pf_layer(net USES pf_base)",
    "server/identity/CMakeLists.txt": "pf_layer(identity USES pf_base)",
    "server/app/CMakeLists.txt": "pf_layer(app USES pf_store pf_feed pf_net)",
    "server/main.c": '#include "app/api.h"\n#include "base/status.h"\n',
    "server/base/status.h": "#include <stddef.h>\n",
    "server/store/store.c": '#include "store/store.h"\n#include "base/status.h"\n#include <libpq-fe.h>\n'
    '/* never strcpy(a, b) */\n// nor gets(x)\nconst char *s = "atoi(x)"; int n = snprintf(0, 0, s);\n'
    '// #include "feed/bus.h"\n/*\n#include "net/http.h"\n*/\n',
}

# What is added to the good tree -> what must be said about it.
VIOLATIONS = [
    ({"server/store/a.c": '#include "feed/bus.h"\n'}, 'server/store/a.c:1: store includes "feed/bus.h"'),
    ({"server/feed/a.c": '\n  #  include "net/http.h"\n'}, 'server/feed/a.c:2: feed includes "net/http.h"'),
    ({"server/net/a.h": '#include "store/store.h"\n'}, 'net includes "store/store.h"'),
    ({"server/base/a.c": '#include "ops/log.h"\n'}, 'base includes "ops/log.h"'),
    # linked through feed only
    ({"server/app/a.c": '#include "protocol/errors.h"\n'}, 'app includes "protocol/errors.h"'),
    ({"server/feed/a.c": '#include "domain/quote.h"\n'}, 'feed includes "domain/quote.h"'),
    ({"server/domain/a.c": '#include "server/ops/log.h"\n'}, "is of no layer"),
    ({"server/domain/a.c": '#include "../ops/log.h"\n'}, "goes around"),
    ({"server/net/a.c": "#include <libpq-fe.h>\n"}, "does not link PkgConfig::PQ"),
    ({"server/net/a.c": "#include <openssl/evp.h>\n"}, "does not link PkgConfig::CRYPTO"),
    ({"server/domain/a.c": "#include <hiredis/async.h>\n"}, "does not link PkgConfig::HIREDIS"),
    ({"server/extra/a.c": "int x;\n"}, "the folder is of no layer"),
    ({"server/store/CMakeLists.txt": "pf_layer(store USES pf_feed PkgConfig::PQ pf_base)"}, "store may not link feed"),
    ({"server/base/CMakeLists.txt": "pf_layer(base USES pf_app)"}, "base may not link app"),
    ({"server/net/CMakeLists.txt": "add_library(net a.c)"}, "no pf_layer(net"),
] + [
    ({"protocol/a.c": f"int f(void) {{\n    return {call} (a);\n}}\n"}, f"protocol/a.c:2: {call}() is banned")
    for call in ("strcpy", "strcat", "sprintf", "vsprintf", "atoi", "strtok", "gets")
]


def check_tree_of(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return check_tree(root)[0]


def self_test():
    problems = check_tree_of(GOOD_TREE)
    if problems:
        return [f"the good tree is refused: {problems}"]
    failures = []
    for added, expected in VIOLATIONS:
        problems = check_tree_of({**GOOD_TREE, **added})
        if len(problems) != 1 or expected not in problems[0]:
            failures.append(f"{added}: expected one problem like {expected!r}, got {problems}")
    return failures


def main():
    if sys.argv[1:] == ["--self-test"]:
        problems, what = self_test(), f"{len(VIOLATIONS)} violations caught"
    else:
        root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
        problems, files_n = check_tree(root)
        if files_n == 0:
            problems.append(f"{root}: no files to check")
        what = f"{files_n} files checked"
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(what)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
