"""protocol/asyncapi.yaml itself: complete, and whole."""

import os
import re

import jsonschema
import pytest

from support import contract
from support.process import ROOT

FROM_CLIENT = {"subscribe", "update", "resync", "unsubscribe", "ping", "auth"}
FROM_SERVER = {
    "welcome",
    "subscribed",
    "updated",
    "unsubscribed",
    "snapshot",
    "delta",
    "heartbeat",
    "pong",
    "authenticated",
    "auth_expiring",
    "closing",
    "error",
}


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_it_is_asyncapi_3():
    document = contract.document()
    assert document["asyncapi"] == "3.0.0"
    assert set(document) <= {"asyncapi", "id", "info", "defaultContentType", "servers", "channels", "operations", "components"}
    assert {"title", "version"} <= set(document["info"])


def test_every_reference_resolves():
    found = list(references(contract.document()))
    assert found
    for reference in found:
        contract.resolve(reference)


def test_every_message_of_the_contract_has_a_schema():
    assert contract.message_types("receive") == FROM_CLIENT
    assert contract.message_types("send") == FROM_SERVER
    assert set(contract.document()["channels"]["stream"]["messages"]) == FROM_CLIENT | FROM_SERVER


@pytest.mark.parametrize("message_type", sorted(FROM_CLIENT | FROM_SERVER))
def test_schemas_are_valid_and_name_their_type(message_type):
    schema = contract.schema_of(message_type)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["properties"]["type"] == {"const": message_type}
    assert "type" in schema["required"]
    # The server's messages are closed: a member more is a mistake. Clients' are open.
    assert schema.get("additionalProperties", True) is (message_type in FROM_CLIENT)


def table(path, pattern):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return re.findall(pattern, file.read())


def test_it_knows_the_fields_the_server_knows():
    rows = table("protocol/fields.h", r'X\([A-Z_]+, "([a-z_]+)", ([01]), ([01])\)')
    assert {name for name, _, _ in rows} == set(contract.resolve("#/components/schemas/Field")["enum"])
    assert {name for name, row, _ in rows if row == "1"} == set(contract.resolve("#/components/schemas/Position")["properties"])
    assert {name for name, _, total in rows if total == "1"} == set(contract.resolve("#/components/schemas/Totals")["properties"])
    for whole, patch in (("Position", "PositionPatch"), ("Totals", "TotalsPatch")):
        schemas = [contract.resolve(f"#/components/schemas/{name}")["properties"] for name in (whole, patch)]
        assert set(schemas[0]) == set(schemas[1])


def test_it_knows_the_errors_the_server_knows():
    codes = table("protocol/errors.h", r'X\([A-Z_]+, "([a-z_]+)", [0-9]+, ')
    assert codes == contract.resolve("#/components/schemas/ErrorCode")["enum"]
