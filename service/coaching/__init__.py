"""The rules of coaching. Pure: no I/O, no framework, no clock.

Each feature has its types, its decisions (states and a command in, events by stream out, or a Refusal) and its
`evolve` (an event changes the state it is given). Nothing here imports more than the standard library and msgspec.
"""
