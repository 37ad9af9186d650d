"""Where a request says it comes from. Only the front door's own socket is believed, so its headers are the truth."""


def same_origin(origin: str | None, scheme: str | None, host: str | None) -> bool:
    """Whether `Origin` is the very scheme and host under which the front door was asked."""
    if not origin or not host:
        return False
    return origin == f"{scheme or 'http'}://{host}"


def client_address(forwarded_for: str | None) -> str:
    """The address that the front door saw; empty where nobody said."""
    return (forwarded_for or "").rpartition(",")[2].strip()
