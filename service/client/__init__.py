"""Farfield from outside: what a program with a personal token does against any server, over HTTP and the socket.

It stands on the protocol alone: nothing here knows the records, the store or the rules. `static/src/upload` is the same
client for a browser; both plan by the same vectors in `tests/fixtures/upload`.
"""
