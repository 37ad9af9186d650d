"""What the page of an invitation says about one that is over: which of the three it was."""

from datetime import timedelta
from uuid import uuid4

from service.wiring import Deps
from storage import invitations
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.visitors import Visitors


async def test_an_invitation_that_is_over_says_why(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    path = f"/api/programs/{cast.program}/invitations"
    made = [(await visitors.lead.post(path, {"id": str(uuid4()), "role": "coach"})).json for _ in range(4)]
    looks = [{"token": each["link"].partition("#")[2]} for each in made]
    used, revoked, old, living = looks
    assert (await visitors.outsider.post("/api/invitations/accept", used)).status == 200
    assert (await visitors.lead.delete(f"{path}/{made[1]['id']}")).status == 204
    past = deps.clock() - timedelta(seconds=1)
    async with deps.db.write() as tx:
        await apply(tx, [invitations.prolong(made[2]["id"], until=past)])

    for token, says in ((used, "used already"), (revoked, "taken back"), (old, "too old")):
        for path in ("/api/invitations/look", "/api/invitations/accept"):
            over = await visitors.nobody.post(path, token | ({"name": "Nina"} if "accept" in path else {}))
            assert over.slug == "invitation_over"
            assert says in over.json["detail"]

    assert (await visitors.nobody.post("/api/invitations/look", living)).json["role"] == "coach"
