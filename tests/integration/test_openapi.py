"""protocol/openapi.yaml: complete, whole, served, and a judge that judges."""

import json
import re
import subprocess

import jsonschema
import pytest
import yaml

from support import contract, openapi
from support.rest import UNKNOWN

METHODS = ("get", "post", "put", "delete")
# Their bodies or answers hold a secret, of which nothing is kept beside a key.
WITH_SECRETS = {"post /auth/register", "post /auth/keys", "post /users"}


def operations():
    for path, item in openapi.document()["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method], item.get("parameters", [])


OPERATIONS = {f"{method} {path}": (operation, shared) for method, path, operation, shared in operations()}


def nodes(node, path=""):
    """Everything in the document, with where it is."""
    yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from nodes(value, f"{path}/{key}")


def test_every_route_has_its_entry_and_every_entry_its_route(portfoliod):
    printed = subprocess.run([portfoliod, "routes"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(printed) == len(set(printed)) > 20
    assert sorted(printed) == sorted(f"{method.upper()} {path}" for method, path, _, _ in operations())


def test_an_entry_needs_a_credential_where_the_route_does(portfoliod):
    printed = subprocess.run([portfoliod, "routes", "--access"], capture_output=True, text=True, check=True).stdout
    rules = {tuple(line.split()[:2]): line.split()[2] for line in printed.splitlines()[1:]}
    default = openapi.document()["security"]
    schemes = set(openapi.document()["components"]["securitySchemes"])
    assert {name for scheme in default for name in scheme} == schemes
    for name, (operation, _) in OPERATIONS.items():
        method, _, path = name.partition(" ")
        is_public = rules[(method.upper(), path)] == "public"
        assert operation.get("security", default) == ([] if is_public else default), name
        assert is_public or {"401", "403"} <= set(operation["responses"]), name


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_entry_is_whole(name):
    method, _, path = name.partition(" ")
    operation, shared = OPERATIONS[name]
    assert operation["summary"] and operation["operationId"] and len(operation["tags"]) == 1
    parameters = [openapi.resolve(parameter) for parameter in operation.get("parameters", []) + shared]
    names = [parameter["name"] for parameter in parameters]
    assert "X-Request-Id" in names and len(names) == len(set(names))
    in_path = [parameter["name"] for parameter in parameters if parameter["in"] == "path"]
    assert sorted(in_path) == sorted(re.findall(r"\{([^}]+)\}", path))
    responses = operation["responses"]
    assert "default" in responses
    for status, response in responses.items():
        response = openapi.resolve(response)
        assert "X-Request-Id" in response["headers"], status
        if status not in ("default", "404", "503") and status.startswith("4"):
            assert list(response["content"]) == [openapi.PROBLEM]
    if "requestBody" in operation:
        assert {"415", "422"} <= set(responses)
        assert method in ("post", "put")
    if "201" in responses:
        headers = set(openapi.resolve(responses["201"])["headers"])
        assert "Location" in headers and "409" in responses
        assert ("Idempotency-Key" in names) == (name not in WITH_SECRETS)
        assert "ETag" in headers or name in WITH_SECRETS
    if "412" in responses:
        assert "If-Match" in names


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_entry_shows_an_example(name):
    operation, _ = OPERATIONS[name]
    shown = [openapi.resolve(response) for status, response in operation["responses"].items() if status.startswith("2")]
    shown += [openapi.resolve(operation["requestBody"])] if "requestBody" in operation else []
    for node in shown:
        media = node.get("content", {}).get("application/json")
        assert media is None or "example" in media or "examples" in media or path_is_document(name)


def path_is_document(name):
    return name == "get /openapi.json"


def test_every_example_has_the_form_it_is_an_example_of():
    found = 0
    for where, node in nodes(openapi.document()):
        if not isinstance(node, dict) or "schema" not in node:
            continue
        examples = [node["example"]] if "example" in node else []
        examples += [openapi.resolve(example)["value"] for example in node.get("examples", {}).values()]
        for example in examples:
            openapi.check_value(example, openapi.validator_of(node["schema"]), where)
            found += 1
    assert found > 25
    # A schema's own.
    for where, node in nodes(openapi.document()["components"]["schemas"]):
        if isinstance(node, dict) and isinstance(node.get("examples"), list):
            for example in node["examples"]:
                openapi.check_value(example, openapi.validator_of(node), where)


def test_operation_ids_are_unique_and_tags_are_declared():
    ids = [operation["operationId"] for _, _, operation, _ in operations()]
    assert len(ids) == len(set(ids))
    declared = {tag["name"] for tag in openapi.document()["tags"]}
    assert {tag for _, _, operation, _ in operations() for tag in operation["tags"]} == declared


def test_every_schema_is_one():
    for name, schema in openapi.document()["components"]["schemas"].items():
        assert schema, name
        jsonschema.Draft202012Validator.check_schema(openapi.expand(schema))


def test_it_shares_the_streams_forms():
    schemas = openapi.document()["components"]["schemas"]
    for name in ("Totals", "Position", "ErrorCode"):
        ours, theirs = dict(schemas[name]), dict(contract.resolve(f"#/components/schemas/{name}"))
        assert ours.pop("dependentRequired", None) == theirs.pop("dependencies", None)
        assert ours == theirs


def test_the_server_serves_it(server):
    status, headers, body = server.request("GET", "/openapi.json")
    assert status == 200 and json.loads(body) == openapi.document()
    assert server.request("GET", "/openapi.json", headers={"If-None-Match": headers["etag"]})[0] == 304
    status, headers, body = server.request("GET", "/openapi.yaml")
    assert status == 200 and headers["content-type"] == "application/yaml"
    assert yaml.safe_load(body) == openapi.document()


def test_the_page_asks_nobody_else(server):
    status, headers, body = server.request("GET", "/docs")
    assert status == 200 and headers["content-type"].startswith("text/html")
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and policy["connect-src"] == "'self'"
    assert not re.search(rb"(src|href|url)=?[\"'(]+\s*(https?:)?//", body)
    status, headers, script = server.request("GET", "/docs/viewer.js")
    if status == 404:
        assert b"./dev build" in body, "without the viewer the page says how to get it"
    else:
        assert b"docs/viewer.js" in body and b"openapi.json" in body and len(script) > 100_000


# --- the judge ---


def refused(*answer):
    with pytest.raises(AssertionError) as caught:
        openapi.check(*answer)
    return str(caught.value)


def customer(**changes):
    example = openapi.document()["components"]["examples"]["Customer"]["value"]
    return json.dumps({name: value for name, value in {**example, **changes}.items() if value is not ...}).encode()


HEADERS = {"x-request-id": "1", "etag": '"1"', "content-type": "application/json"}
PATH = f"/customers/{UNKNOWN}"


def test_the_judge_lets_pass_what_is_right():
    openapi.check("GET", PATH, 200, HEADERS, customer())
    openapi.check("GET", PATH + "?x=1", 200, HEADERS, customer(phone=...))
    openapi.check("HEAD", PATH, 200, HEADERS, b"")
    openapi.check("OPTIONS", PATH, 204, {"allow": "GET"}, b"")


@pytest.mark.parametrize("change", [{"name": ...}, {"surname": "x"}, {"name": 7}, {"created_at": "2026-01-05"}])
def test_the_judge_refuses_a_wrong_body(change):
    assert "breaks the contract" in refused("GET", PATH, 200, HEADERS, customer(**change))


def test_the_judge_refuses_what_has_no_entry():
    assert "says nothing of a response 202" in refused("GET", PATH, 202, HEADERS, customer())
    assert "lacks the header etag" in refused("GET", PATH, 200, {"x-request-id": "1"}, b"{}")
    assert "not one of" in refused("GET", PATH, 200, {**HEADERS, "content-type": "text/html"}, customer())
    assert "has a body" in refused("DELETE", PATH, 204, HEADERS, b"{}")
    assert "PATCH" in refused("PATCH", PATH, 200, HEADERS, customer())
