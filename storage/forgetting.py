"""What nobody needs any more of the doors: old sessions, links, invitations, letters' rows and counted attempts.

Rows with addresses are kept no longer than somebody may ask about them. Cycles, lessons and words are not touched.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Delete, bindparam, delete, func, or_, select

from storage import attempts, tables
from storage.engine import Write
from storage.tables import to_ms

KEPT: Mapping[str, timedelta] = {
    "sessions": timedelta(days=30),
    "links": timedelta(days=7),
    "tokens": timedelta(days=90),
    "invitations": timedelta(days=90),
    "notices": timedelta(days=30),
    "devices": timedelta(days=400),
    "attempts": timedelta(days=2),
}
"""How long after their end, or after they were last of use."""

_before = bindparam("before", type_=tables.Instant)
_s, _l, _t = tables.sessions.c, tables.sign_in_links.c, tables.tokens.c
_i, _n, _d = tables.invitations.c, tables.notices.c, tables.devices.c
_over = func.coalesce(_i.used_at, _i.revoked_at, _i.expires_at) < _before
_DELETES: tuple[tuple[str, Delete], ...] = (
    ("sessions", delete(tables.sessions).where(or_(_s.ended_at < _before, _s.expires_at < _before))),
    ("links", delete(tables.sign_in_links).where(_l.expires_at < _before)),
    ("tokens", delete(tables.tokens).where(or_(_t.revoked_at < _before, _t.expires_at < _before))),
    (
        "invitations",
        delete(tables.invitation_tokens).where(
            tables.invitation_tokens.c.invitation_id.in_(select(_i.id).where(_over))
        ),
    ),
    ("invitations", delete(tables.invitations).where(_over)),
    ("notices", delete(tables.notices).where(_n.finished_at < _before)),
    ("devices", delete(tables.devices).where(_d.created_at < _before)),
)


def forget(now: datetime) -> list[Write]:
    """Delete what is older than `KEPT`, in an order that no reference is left without its row."""
    writes: list[Write] = [(statement, {"before": now - KEPT[what]}) for what, statement in _DELETES]
    return [*writes, attempts.forget(to_ms(now - KEPT["attempts"]))]
