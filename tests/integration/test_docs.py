"""docs/rest.md is true: its requests are answered with the statuses it says, in its order."""

import json
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
_REQUEST = re.compile(r"^(GET|POST|PUT|DELETE) (/\S+)(?: (\{.*\}))?\n→ (\d+)$", re.MULTILINE)


def test_the_walk_through_rest(server):
    text = (DOCS / "rest.md").read_text()
    requests = _REQUEST.findall(text)
    assert len(requests) == text.count("\n→ ") > 20
    ids = {}
    server.see_bus()  # or the first price is 503

    def filled(part):
        return re.sub(r"\{(\w+_id)\}", lambda match: ids[match[1]], part)

    for method, path, body, status in requests:
        got, _, answer = server.request(
            method, filled(path), body=filled(body) or None, headers={"Content-Type": "application/json"} if body else None
        )
        assert got == int(status), f"{method} {path}: {answer[:1000]!r}"
        if method == "POST" and got in (201, 202):
            ids.update({name: value for name, value in json.loads(answer).items() if name.endswith("_id")})


def test_links_between_documents_lead_somewhere():
    for document in [*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name}: {link}"
