"""What a database may answer instead of doing it. No statement and no parameters: those are people's words."""


class DatabaseUnavailable(Exception):
    """The database did not take a transaction: locked for too long, full, or gone. Trying again later may help."""


class Locked(DatabaseUnavailable):
    """Somebody else held what was needed for longer than the patience. The database itself is well."""


class Conflict(DatabaseUnavailable):
    """Two transactions were in each other's way and this one was undone: a deadlock. Trying at once may help."""


class StaleVersion(Conflict):
    """Somebody appended to the stream, or answered the command, first: read it again and decide again."""
