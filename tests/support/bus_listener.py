"""Everything that is published on pf:events, heard by a subscriber of the test's own."""

import json
import threading

from support.waiting import DEADLINE_S, wait_until


class BusListener:
    def __init__(self, redis_server):
        self._client = redis_server.client
        self._pubsub = self._client.pubsub()
        self._pubsub.subscribe("pf:events")
        assert self._pubsub.get_message(timeout=DEADLINE_S)["type"] == "subscribe"
        self._lock = threading.Lock()
        self._events = []
        self._thread = threading.Thread(target=self._run)
        self._is_stopping = threading.Event()
        self._thread.start()

    def _run(self):
        while not self._is_stopping.is_set():
            message = self._pubsub.get_message(timeout=0.1)
            event = json.loads(message["data"]) if message and message["type"] == "message" else {}
            if "seq" in event:
                with self._lock:
                    self._events.append(event)

    @property
    def events(self):
        with self._lock:
            return list(self._events)

    def wait_for_events(self, more_n):
        """Until so many more have come."""
        wanted_n = len(self.events) + more_n
        wait_until(lambda: len(self.events) >= wanted_n, what=lambda: f"{wanted_n} events, not {len(self.events)},")

    def check(self):
        """One epoch, numbers without a gap or a step back, and no quote under two numbers."""
        events = self.events
        assert len({event["epoch"] for event in events}) == 1, {event["epoch"] for event in events}
        numbers = [event["seq"] for event in events]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), numbers
        seen = {}
        for event in events:
            for quote in event["quotes"]:
                # The same quote again, stale or confirmed, is news; the same in every member is not.
                key = tuple(str(quote[name]) for name in ("symbol", "price", "as_of", "session", "source", "stale"))
                assert key not in seen, f"{quote} has the numbers {seen[key]} and {event['seq']}"
                seen[key] = event["seq"]
        self._check_times(events)

    @staticmethod
    def _check_times(events):
        last = {}
        for event in events:
            for quote in event["quotes"]:
                assert last.get(quote["symbol"], "") <= quote["as_of"], f"{quote} is older than the one before"
                last[quote["symbol"]] = quote["as_of"]

    def stop(self):
        self._is_stopping.set()
        self._thread.join()
        self._pubsub.close()
        self._client.close()
