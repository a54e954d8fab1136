"""A client of the stream that follows the contract's whole rule and trusts nothing.

Each frame is checked against protocol/asyncapi.yaml, each number's text for
being the shortest, and after each frame the state for its totals being the
sums of its rows. Synchronous: frames are taken when the test asks.
"""

import copy
import itertools
import time

from support import contract, exact_json
from support.frame_check import check_state
from support.waiting import DEADLINE_S
from support.websocket import Timeout, WebSocket


def merge_patch(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def has_null(value):
    if isinstance(value, dict):
        return any(has_null(item) for item in value.values())
    if isinstance(value, list):
        return any(has_null(item) for item in value)
    return value is None


def cursor_parts(cursor):
    """(epoch, seq, version) of a token. For tests only: to a client it is opaque."""
    parts = cursor.split("-")
    return parts[0], int(parts[1]), int(parts[2])


class View:
    """What a client knows of one portfolio."""

    def __init__(self, portfolio_id):
        self.portfolio_id = portfolio_id
        self.data = None
        self.cursor = None
        self.fields = None
        self.divided = set()  # symbols whose price is a quotient by a split: shown rounded, the value is not
        self.max_rate = None
        self.state = None  # of the last heartbeat
        self.recovered = None
        self.reason = None
        self.awaits = None  # the frame type that must come next for this portfolio
        self.is_resyncing = False
        self.snapshots_n = 0
        self.deltas_n = 0

    @property
    def totals(self):
        return self.data["totals"]

    @property
    def positions(self):
        return self.data["positions"]

    def price(self, symbol):
        return self.data["positions"].get(symbol, {}).get("current_price") if self.data else None

    def resume_point(self):
        """What to give a new connection as `resume_from`."""
        return copy.copy(self)


class StreamClient:
    """is_strict: a delta whose base is not the cursor is a failure of the server, not a reason to resync."""

    _ids = itertools.count(1)

    def __init__(self, url, *, is_strict=True, on_state=None, **websocket_options):
        self.is_strict = is_strict
        self.views = {}
        self.resyncs_n = 0
        self.frames_n = 0
        self._subscribing = {}
        self._on_state = on_state  # called with (view) after each new state
        self.ws = WebSocket(url, **websocket_options)
        self.welcome = self.recv()
        assert self.welcome["type"] == "welcome"

    # --- sending ---

    def send(self, message):
        self.ws.send_text(exact_json.dumps(message))

    def send_text(self, text):
        self.ws.send_text(text)

    # --- receiving ---

    def recv(self, timeout=DEADLINE_S):
        """The next frame, checked and applied. Raises Timeout, or Closed with the code."""
        text = self.ws.recv_text(timeout)
        frame = exact_json.loads_canonical(text)
        contract.check_server_frame(frame)
        without_patch = {name: value for name, value in frame.items() if name != "patch"}
        assert not has_null(without_patch), f"null outside a patch: {text[:2000]}"
        self.frames_n += 1
        handler = getattr(self, "_on_" + frame["type"], None)
        if handler:
            handler(frame)
        return frame

    def expect(self, message_type, timeout=DEADLINE_S, **members):
        """Takes frames until one of this type with these members comes; an unexpected error fails at once."""
        end = time.monotonic() + timeout
        seen = []
        while True:
            try:
                frame = self.recv(max(0.0, end - time.monotonic()))
            except Timeout:
                raise AssertionError(f"no {message_type} {members or ''} came; but {seen[-20:]}") from None
            if frame["type"] == message_type and all(frame.get(key) == value for key, value in members.items()):
                return frame
            if frame["type"] == "error" and message_type != "error":
                raise AssertionError(f"expected {message_type}, got {frame}")
            seen.append(frame["type"])

    def expect_next(self, message_type, timeout=DEADLINE_S, **members):
        """The very next frame must be this one."""
        frame = self.recv(timeout)
        assert frame["type"] == message_type, f"expected {message_type}, got {frame}"
        for key, value in members.items():
            assert frame.get(key) == value, f"{key} of {frame}"
        return frame

    def expect_error(self, code, timeout=DEADLINE_S, **members):
        return self.expect("error", timeout, code=code, **members)

    def run_until(self, condition, timeout=DEADLINE_S, what="the state"):
        """Takes frames until `condition()` holds."""
        end = time.monotonic() + timeout
        while not condition():
            try:
                self.recv(max(0.0, end - time.monotonic()))
            except Timeout:
                text = what() if callable(what) else what
                raise AssertionError(f"{text} did not come within {timeout:g} s") from None

    def run_for(self, seconds):
        """Takes what comes for a while; for clients that only have to keep up."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.recv(max(0.0, end - time.monotonic()))
            except Timeout:
                return

    def barrier(self):
        """Sends a ping and takes all frames up to its pong."""
        name = f"barrier-{next(self._ids)}"
        self.send({"type": "ping", "id": name})
        self.expect("pong", id=name)

    # --- the conversation ---

    def subscribe(self, portfolio_id, *, resume_from=None, timeout=DEADLINE_S, **options):
        """Subscribes and waits for the first state. resume_from: a View of an earlier connection."""
        view = self.expect_subscribed(portfolio_id, resume_from)
        if resume_from is not None:
            options["resume"] = resume_from.cursor
        name = f"subscribe-{next(self._ids)}"
        self.send({"type": "subscribe", "id": name, "portfolio_id": portfolio_id, **options})
        self.expect("subscribed", timeout, id=name, portfolio_id=portfolio_id)
        self.run_until(lambda: view.awaits is None, timeout, "the first state after subscribed")
        return view

    def expect_subscribed(self, portfolio_id, resume_from=None):
        """The view that the next `subscribed` of this portfolio makes; a refusal makes none."""
        view = View(portfolio_id)
        if resume_from is not None:
            view.data, view.cursor = resume_from.data, resume_from.cursor
        self._subscribing[portfolio_id] = view
        return view

    def view(self, portfolio_id):
        return self.views[portfolio_id]

    def close(self):
        self.ws.close()

    def drop(self):
        self.ws.drop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- the client's whole rule ---

    def _on_subscribed(self, frame):
        view = self._subscribing.pop(frame["portfolio_id"], None) or View(frame["portfolio_id"])
        self.views[view.portfolio_id] = view
        self._take_grant(view, frame["granted"])
        view.recovered, view.reason = frame["recovered"], frame.get("reason")
        view.awaits = "delta" if frame["recovered"] else "snapshot"
        if frame["recovered"]:
            assert view.cursor is not None, "recovered without a cursor to resume from"
        else:
            view.data = view.cursor = None

    def _on_updated(self, frame):
        view = self.views[frame["portfolio_id"]]
        had_fields = view.fields
        self._take_grant(view, frame["granted"])
        if view.fields != had_fields:
            view.awaits = "snapshot"

    @staticmethod
    def _take_grant(view, granted):
        view.max_rate = granted["max_rate"]
        view.fields = set(granted["fields"]) if "fields" in granted else None

    def _on_unsubscribed(self, frame):
        self.views.pop(frame["portfolio_id"], None)

    def _on_snapshot(self, frame):
        view = self._view_for(frame)
        view.data, view.snapshots_n = frame["data"], view.snapshots_n + 1
        view.is_resyncing = False
        self._take_state(view, frame)

    def _on_delta(self, frame):
        view = self._view_for(frame)
        if frame["base"] != view.cursor:
            self._resync(view, f"delta's base {frame['base']} is not the cursor {view.cursor}")
            return
        before, after = cursor_parts(frame["base"]), cursor_parts(frame["cursor"])
        assert before[0] == after[0], "a delta leads to another epoch"
        assert before[1] <= after[1] and before[2] <= after[2], f"a delta leads back: {before} {after}"
        view.data = merge_patch(view.data, frame["patch"])
        view.deltas_n += 1
        self._take_state(view, frame)

    def _view_for(self, frame):
        view = self.views.get(frame["portfolio_id"])
        assert view is not None, f"{frame['type']} of a portfolio that is not subscribed"
        if view.awaits is not None:
            assert frame["type"] == view.awaits, f"{frame['type']} came, {view.awaits} must come first"
            view.awaits = None
        return view

    def _take_state(self, view, frame):
        view.cursor = frame["cursor"]
        assert view.data["portfolio_id"] == view.portfolio_id
        check_state(view.data, view.fields, view.divided)
        if self._on_state:
            self._on_state(view)

    def _on_heartbeat(self, frame):
        subscriptions = frame["subscriptions"]
        assert set(subscriptions) == set(self.views), "a heartbeat names every subscription and no other"
        for portfolio_id, said in subscriptions.items():
            view = self.views[portfolio_id]
            view.state = said["state"]
            if said["cursor"] != view.cursor and view.awaits is None:
                self._resync(view, f"a heartbeat says {said['cursor']}, the cursor is {view.cursor}")

    def _resync(self, view, why):
        assert not self.is_strict, why
        if not view.is_resyncing:
            view.is_resyncing = True
            self.resyncs_n += 1
            self.send({"type": "resync", "portfolio_id": view.portfolio_id})
