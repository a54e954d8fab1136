"""Whole conversations, frame by frame: tests/transcripts/*.jsonl."""

import glob
import os

import pytest

from support.identity import Identities
from support.process import ROOT
from support.transcript import Player

PATHS = sorted(glob.glob(os.path.join(ROOT, "tests", "transcripts", "*.jsonl")))


@pytest.mark.parametrize("path", PATHS, ids=[os.path.basename(path)[:-6] for path in PATHS])
def test_the_conversation_is_as_written(path, start_server, postgres):
    is_guarded = os.path.basename(path).startswith("auth")
    # Every change is a frame of its own: nothing is held back by a rate.
    server = start_server(FLUSH_MS=1, MAX_RATE=1000, AUTH="on" if is_guarded else "off")
    Player(server, Identities(postgres) if is_guarded else None).play(path)


def test_there_are_transcripts():
    assert len(PATHS) >= 5
