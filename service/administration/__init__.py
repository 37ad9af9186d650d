"""What whoever runs a server does in its own records: programs, people, tokens.

It works beside a server that runs, and without one: it opens the records and holds nothing. A server notices within a
second or two, because what it must notice moves the grants counter. The commands are in `service/command_line`.
"""
