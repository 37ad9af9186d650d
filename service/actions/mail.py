"""What a reader says about the letters they get."""

from service.problems import NotFound
from service.tokens import token_hash
from service.wiring import Deps
from storage import notices, people
from storage.engine import apply


async def refuse(deps: Deps, token: str) -> None:
    """The reader of the letter with this token wants no more of them. Raises NotFound."""
    async with deps.db.write() as tx:
        notice = await notices.by_unsubscribe(tx, token_hash(token))
        if notice is None:
            raise NotFound
        await apply(tx, [notices.refuse(people.email_key(notice.email), at=deps.clock())])
