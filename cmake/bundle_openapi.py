"""Joins protocol/openapi.yaml and the files it refers to into one document.

    bundle_openapi.py ROOT.yaml OUT.yaml OUT.json

A path of the root is a reference into a file of protocol/openapi/. Whatever a
reference FILE#/components/KIND/NAME names moves into the components of the one
document. An operation without `security: []` gets the 401 and 403 of common.yaml,
which are the same everywhere. Two files must not use a name for two things. Schemas of asyncapi.yaml
may be referred to: stream and REST share them.
"""

import json
import os
import sys

import yaml

METHODS = ("get", "post", "put", "delete")
REFUSALS = {"401": "Unauthorized", "403": "Forbidden"}


class Bundle:
    def __init__(self, root_path):
        self._files = {}
        self._origins = {}
        self.document = self._load(root_path)
        self.document.setdefault("components", {})
        self._root_path = root_path

    def _load(self, path):
        if path not in self._files:
            with open(path, encoding="utf-8") as file:
                self._files[path] = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return self._files[path]

    def _find(self, path, pointer):
        node = self._load(path)
        for part in pointer.lstrip("/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            if part not in node:
                sys.exit(f"{path}: there is no {pointer}")
            node = node[part]
        return node

    def _move(self, path, pointer):
        """The component at `pointer` of a file, moved into the document once."""
        parts = pointer.lstrip("/").split("/")
        if len(parts) != 3 or parts[0] != "components":
            sys.exit(f"{path}: {pointer}: only components can be referred to")
        origin = self._origins.setdefault((parts[1], parts[2]), path)
        if origin != path:
            sys.exit(f"{parts[1]}/{parts[2]} stands in both {origin} and {path}")
        kind = self.document["components"].setdefault(parts[1], {})
        if parts[2] not in kind:
            kind[parts[2]] = None  # a component may refer to itself
            kind[parts[2]] = self._resolved(self._find(path, pointer), path)
        return f"#{pointer}"

    def _resolved(self, node, path):
        if isinstance(node, list):
            return [self._resolved(item, path) for item in node]
        if not isinstance(node, dict):
            return node
        result = {}
        for key, value in node.items():
            if key == "$ref":
                file, _, pointer = value.partition("#")
                target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
                result[key] = self._move(target, pointer)
            elif key == "dependencies":  # of AsyncAPI's dialect of JSON Schema
                result["dependentRequired"] = self._resolved(value, path)
            else:
                result[key] = self._resolved(value, path)
        return result

    def _add_refusals(self, operation):
        """To what needs a credential."""
        if not operation.get("security", self.document.get("security")):
            return
        common = os.path.join(os.path.dirname(self._root_path), "openapi", "common.yaml")
        responses = operation["responses"]
        for status, name in REFUSALS.items():
            responses.setdefault(status, {"$ref": self._move(common, f"/components/responses/{name}")})
        operation["responses"] = {status: responses[status] for status in sorted(responses)}

    def join(self):
        for name, item in self.document["paths"].items():
            file, _, pointer = item["$ref"].partition("#")
            path = os.path.normpath(os.path.join(os.path.dirname(self._root_path), file))
            self.document["paths"][name] = item = self._resolved(self._find(path, pointer), path)
            for method in METHODS:
                if method in item:
                    self._add_refusals(item[method])
        components = self.document["components"]
        self.document["components"] = {kind: dict(sorted(components[kind].items())) for kind in sorted(components)}
        return self.document


class Dumper(yaml.SafeDumper):
    """Without anchors: the same text twice is easier to read."""

    def ignore_aliases(self, data):
        return True


def main():
    root, out_yaml, out_json = sys.argv[1:]
    document = Bundle(os.path.normpath(root)).join()
    with open(out_yaml, "w", encoding="utf-8") as file:
        yaml.dump(document, file, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
    with open(out_json, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
