"""protocol/conformance: the transcripts are well formed, and their frames are those of the contract."""

import json
import os
import re

import pytest

from support import contract
from support.process import ROOT

FOLDER = os.path.join(ROOT, "protocol", "conformance")
NAMES = sorted(name for name in os.listdir(FOLDER) if name.endswith(".transcript"))
ARGUMENTS = {
    "app": r"(subscribe|update|resync|unsubscribe) \{.*\}",
    "token": r"\S+",
    "opens": "",
    "<": r"\{.*\}|text .+|binary ([0-9a-f]{2})+",
    ">": r"\{.*\}",
    "quiet": "",
    "=": r"\{.*\}|[0-9a-f-]{36} none",
    "status": r"[0-9a-f-]{36} (live|quiet|stale|market_closed|disconnected|ended|loading)",
    "drops": r"\d{4}",
    "closes": "",
    "advance": r"\d+",
    "waits": r"\d+\.\.\d+",
    "gives": "up",
}


def steps(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        for number, line in enumerate(file.read().splitlines(), 1):
            if line and not line.startswith("#"):
                word, _, rest = line.partition(" ")
                yield number, word, rest


def is_said_invalid(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return "\n# invalid: " in file.read()


def test_there_are_transcripts():
    assert len(NAMES) >= 25


def test_the_readme_names_each_of_them_once():
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
        table = file.read().partition("## The transcripts")[2].partition("\n## ")[0]
    named = [name for cell in re.findall(r"^\|[^|]*\| ([a-z0-9_, ]+) \|$", table, re.MULTILINE) for name in cell.split(", ")]
    named.remove("transcripts")  # the head
    assert sorted(named) == [name.replace(".transcript", "") for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_steps_are_those_of_the_format(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        assert file.readline().startswith("# ")
    for number, word, rest in steps(name):
        assert word in ARGUMENTS, f"line {number}: {word}"
        assert re.fullmatch(ARGUMENTS[word], rest), f"line {number}: {word} {rest}"
        if word in ("=", ">", "app") and "{" in rest:
            json.loads(rest[rest.index("{") :])


@pytest.mark.parametrize("name", NAMES)
def test_frames_are_those_of_the_contract(name):
    wrong = []
    for number, word, rest in steps(name):
        try:
            if word == "<" and rest.startswith("{"):
                contract.check_server_frame(json.loads(rest))
            elif word == ">":
                message = json.loads(rest)
                contract.validator_of(message["type"]).validate({"id": 1, **message})
        except AssertionError as error:
            wrong.append(f"line {number}: {error}")
    assert is_said_invalid(name) == bool(wrong), wrong
