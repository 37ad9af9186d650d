"""Where a request says it comes from. Only the front door's own socket is believed, so its headers are the truth."""


def same_origin(origin: str | None, scheme: str | None, host: str | None, configured: str | None = None) -> bool:
    """Whether `Origin` is the very scheme and host under which the front door was asked, or the configured one."""
    if not origin or not host:
        return False
    return origin == configured or origin == f"{scheme or 'http'}://{host}"
