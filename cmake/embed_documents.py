"""Makes files part of the program, as they are and gzipped.

    embed_documents.py OUT_DIR NAME=FILE ...

writes OUT_DIR/documents.c, the table that server/app/documents.h declares, and
the gzipped files beside it.
"""

import gzip
import hashlib
import os
import sys

ROW = '    {{"{name}", "{etag}", bytes_{n}, {size}, gzip_{n}, {gzip_size}}},\n'


def incbin(symbol, path):
    return (
        f'__asm__(".section .rodata\\n{symbol}:\\n.incbin \\"{path}\\"\\n.byte 0\\n.previous\\n");\n'
        f"extern const char {symbol}[];\n"
    )


def main():
    out_dir, *pairs = sys.argv[1:]
    texts, rows = "", ""
    for n, pair in enumerate(pairs):
        name, _, path = pair.partition("=")
        with open(path, "rb") as file:
            content = file.read()
        packed = gzip.compress(content, 9, mtime=0)
        gzip_path = os.path.join(out_dir, f"document_{n}.gz")
        with open(gzip_path, "wb") as file:
            file.write(packed)
        texts += incbin(f"bytes_{n}", path) + incbin(f"gzip_{n}", gzip_path)
        etag = hashlib.sha256(content).hexdigest()[:16]
        rows += ROW.format(name=name, etag=etag, n=n, size=len(content), gzip_size=len(packed))
    with open(os.path.join(out_dir, "documents.c"), "w", encoding="utf-8") as file:
        file.write(
            "/* Made by cmake/embed_documents.py. */\n"
            f'#include "app/documents.h"\n\n{texts}\n'
            f"const struct document documents[] = {{\n{rows}}};\nconst size_t documents_n = {len(pairs)};\n"
        )


if __name__ == "__main__":
    main()
