"""The stream as somebody: every way in which a connection says who it is.

    client = ways_in.with_header(connect, server, key.text)
    client = ways_in.with_auth(connect, server, key.text)     # connects, then sends auth
"""

from support.websocket import SUBPROTOCOL, HandshakeRefused, WebSocket


class StreamOf:
    """A server at another target than /stream: connect() takes it for a server."""

    def __init__(self, server, query):
        self.tls = server.tls
        self.ws_url = f"{server.ws_url}?{query}"


def with_header(connect, server, token, **options):
    return connect(server, headers={"Authorization": f"Bearer {token}"}, **options)


def with_subprotocol(connect, server, token, **options):
    return connect(server, subprotocol=f"{SUBPROTOCOL}, bearer.{token}", **options)


def with_ticket(connect, server, ticket, **options):
    return connect(StreamOf(server, f"ticket={ticket}"), **options)


def with_auth(connect, server, token, **options):
    client = connect(server, **options)
    assert client.welcome["auth_required"] is True
    client.send({"type": "auth", "id": "in", "token": token})
    while (frame := client.recv())["type"] == "heartbeat":
        pass  # of a server whose database took longer than HEARTBEAT_MS
    assert (frame["type"], frame.get("id")) == ("authenticated", "in"), frame
    return client


def refused(server, query=None, **options):
    """(status, head, body) of a handshake that is refused."""
    try:
        socket = WebSocket(f"{server.ws_url}?{query}" if query else server.ws_url, **options)
    except HandshakeRefused as refusal:
        head, _, body = refusal.head, None, refusal.body
        return refusal.status, head.lower(), body
    socket.close()
    raise AssertionError("the handshake was accepted")


WAYS = {"header": with_header, "subprotocol": with_subprotocol, "auth": with_auth}
