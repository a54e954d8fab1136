"""protocol/openapi.yaml as a judge of responses.

Every response that comes through support.http_api is checked: its path, method
and status have an entry, it has the headers that the entry requires, and its body
the form. Methods and paths without an entry must be refused as the document says.
"""

import functools
import gzip
import importlib.util
import os
import re

import jsonschema

from support import exact_json
from support.process import ROOT

ROOT_PATH = os.path.join(ROOT, "protocol", "openapi.yaml")
PROBLEM = "application/problem+json"
# Any request may meet these; the entry `default` describes them.
ANYWHERE = {400, 403, 408, 413, 414, 421, 429, 431, 500, 503}


@functools.lru_cache(maxsize=None)
def document():
    """One document, of all its files."""
    spec = importlib.util.spec_from_file_location("bundle_openapi", os.path.join(ROOT, "cmake", "bundle_openapi.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Bundle(ROOT_PATH).join()


def resolve(node):
    """What a reference stands for; anything else as it is."""
    while isinstance(node, dict) and "$ref" in node:
        target = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def expand(node):
    """With all references replaced: a validator walks it much faster."""
    node = resolve(node)
    if isinstance(node, dict):
        return {key: expand(value) for key, value in node.items()}
    if isinstance(node, list):
        return [expand(item) for item in node]
    return node


def validator_of(schema):
    schema = expand(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check_value(value, validator, what):
    if not validator.is_valid(value):
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        where = "/".join(str(part) for part in error.absolute_path)
        raise AssertionError(f"{what} breaks the contract at {where!r}: {error.message}")


@functools.lru_cache(maxsize=None)
def _templates():
    rows = []
    for template in document()["paths"]:
        pattern = re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template))
        rows.append((re.compile(pattern), template))
    # A fixed segment is meant before one that takes anything.
    return sorted(rows, key=lambda row: row[1].count("{"))


@functools.lru_cache(maxsize=4096)
def template_of(path):
    """The entry's path for a request's; None when there is none."""
    return next((template for pattern, template in _templates() if pattern.fullmatch(path)), None)


@functools.lru_cache(maxsize=None)
def _response(template, method, status):
    """(content validators by media type, [(header, is required, validator)]) of an entry."""
    responses = document()["paths"][template][method]["responses"]
    node = responses.get(str(status)) or (responses.get("default") if status in ANYWHERE else None)
    assert node, f"{method.upper()} {template} says nothing of a response {status}"
    return _compile(resolve(node))


def _compile(node):
    content = {media: validator_of(entry["schema"]) for media, entry in node.get("content", {}).items()}
    headers = []
    for name, header in node.get("headers", {}).items():
        header = resolve(header)
        headers.append((name.lower(), header.get("required", False), validator_of(header["schema"])))
    return content, headers


@functools.lru_cache(maxsize=None)
def _problem():
    return _compile(resolve({"$ref": "#/components/responses/Problem"}))


def _check_body(content, headers, body, what):
    if not content:
        assert body == b"", f"{what} has a body: {body[:200]!r}"
        return
    media = headers.get("content-type", "").partition(";")[0]
    assert media in content, f"{what} is {media or 'without a type'}, not one of {sorted(content)}"
    if media.endswith("json"):
        check_value(exact_json.loads(body.decode()), content[media], what)


def _check(entry, headers, body, is_head, what):
    content, known = entry
    for name, is_required, validator in known:
        if name in headers:
            check_value(headers[name], validator, f"header {name} of {what}")
        else:
            assert not is_required, f"{what} lacks the header {name}"
    if is_head:
        assert body == b"", f"{what} has a body"
    else:
        _check_body(content, headers, body, what)


def check(method, path, status, headers, body):
    """headers: names in lower case. Raises AssertionError."""
    if headers.get("content-encoding") == "gzip" and body:
        body = gzip.decompress(body)
    path = path.partition("?")[0]
    template = template_of(path)
    item = document()["paths"].get(template, {})
    what = f"{status} to {method} {path}"
    name = "get" if method == "HEAD" else method.lower()
    if name in item:
        _check(_response(template, name, status), headers, body, method == "HEAD", what)
    elif template and method == "OPTIONS":
        assert status in ANYWHERE or (status == 204 and "allow" in headers), what
    elif template:
        assert status in ANYWHERE or (status == 405 and "allow" in headers), what
        _check(_problem(), headers, body, False, what)
    elif headers.get("content-type") == PROBLEM:
        _check(_problem(), headers, body, method == "HEAD", what)
    # Else one of the web page's files.
