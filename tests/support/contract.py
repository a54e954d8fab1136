"""protocol/asyncapi.yaml as a judge of frames."""

import functools
import os

import jsonschema
import yaml

from support.process import ROOT

ASYNCAPI_PATH = os.path.join(ROOT, "protocol", "asyncapi.yaml")


@functools.lru_cache(maxsize=None)
def document():
    with open(ASYNCAPI_PATH, encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def resolve(reference):
    """What a local $ref stands for; KeyError when it leads nowhere."""
    assert reference.startswith("#/"), reference
    node = document()
    for part in reference[2:].split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def message_types(action):
    """The types the server receives (`receive`) or sends (`send`, replies too)."""
    types = set()
    for operation in document()["operations"].values():
        if operation["action"] == action:
            types |= {reference["$ref"].rpartition("/")[2] for reference in operation["messages"]}
        if action == "send":
            types |= {ref["$ref"].rpartition("/")[2] for ref in operation.get("reply", {}).get("messages", [])}
    return types


def _expand(schema, resolver):
    """The schema with its references replaced: a validator walks it much faster."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _expand(resolver(schema["$ref"]), resolver)
        return {key: _expand(value, resolver) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_expand(item, resolver) for item in schema]
    return schema


@functools.lru_cache(maxsize=None)
def schema_of(message_type):
    return _expand(resolve(f"#/components/messages/{message_type}")["payload"], resolve)


@functools.lru_cache(maxsize=None)
def validator_of(message_type):
    schema = schema_of(message_type)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def check_server_frame(frame):
    """Raises AssertionError when a frame of the server is not what the contract says."""
    assert isinstance(frame, dict) and "type" in frame, f"a frame without a type: {frame!r}"
    assert next(iter(frame)) == "type", f"type does not come first: {list(frame)}"
    assert frame["type"] in message_types("send"), f"not a type of the server: {frame['type']}"
    validator = validator_of(frame["type"])
    if not validator.is_valid(frame):
        error = jsonschema.exceptions.best_match(validator.iter_errors(frame))
        where = "/".join(str(part) for part in error.absolute_path)
        raise AssertionError(f"{frame['type']} frame breaks the contract at {where!r}: {error.message}")
