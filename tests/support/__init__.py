"""The harness of the integration and end-to-end tests.

One noun a file: real servers on sockets of their own (postgres, redis_server,
server), a client of the stream that never trusts a frame (websocket,
stream_client, frame_check), and an independent exact model of a portfolio's
valuation (model). tests/conftest.py makes fixtures of them.
"""
