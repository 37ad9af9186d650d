"""The commands, one file a group. Each imports what it needs when it runs: `--help` should not wait for the database.

A new group: a file with its functions here, and a line for each in `service/__main__.py`.
"""
