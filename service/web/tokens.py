"""Personal tokens, for programs such as `farfield upload`."""

from typing import Annotated, cast

import msgspec
from aiohttp import web

from service.actions import tokens as actions
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.problems import BadRequest, FieldError, NotFound
from service.tokens import Scope
from service.web.keys import DEPS, SESSION
from service.web.parsing import check_ids, clean_line, parse_body, path_id
from service.web.policy import SIGNED_IN, Route
from service.web.responding import created, no_content, ok
from storage import tokens


class MakeToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`days`: how long it lives; None: until it is revoked."""

    id: Id
    name: str
    scopes: list[Scope]
    days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] | None = None


class TokenRow(msgspec.Struct, frozen=True):
    id: Id
    name: str
    scopes: list[Scope]
    created_at: Instant
    expires_at: Instant | None


class TokenMade(msgspec.Struct, frozen=True):
    """`secret` is the token itself. It is shown this once."""

    token: TokenRow
    secret: str


class TokenList(msgspec.Struct, frozen=True):
    tokens: list[TokenRow]


async def listing(request: web.Request) -> web.Response:
    """The person's tokens, without their secrets."""
    deps = request.app[DEPS]
    async with deps.db.read() as tx:
        found = await tokens.of_person(tx, request[SESSION].person, deps.clock())
    return ok(TokenList([_row(token) for token in found]))


async def make(request: web.Request) -> web.Response:
    """Make a token; the answer shows it this once."""
    asked = await parse_body(request, MakeToken)
    check_ids(id=asked.id)
    if not asked.scopes:
        raise BadRequest("Choose at least one thing the token is for.", [FieldError("/scopes", "empty")])
    name = clean_line(asked.name, field="name")
    token, secret = await actions.make_token(
        request.app[DEPS],
        request[SESSION].person,
        token_id=asked.id,
        name=name,
        scopes=asked.scopes,
        days=asked.days,
    )
    return created(TokenMade(_row(token), secret))


async def revoke(request: web.Request) -> web.Response:
    """End a token: it opens nothing more."""
    await actions.revoke_token(request.app[DEPS], request[SESSION].person, path_id(request, "token"))
    return no_content()


def _row(token: tokens.Token) -> TokenRow:
    return TokenRow(token.id, token.name, cast("list[Scope]", token.scopes.split()), token.created_at, token.expires_at)


ROUTES = (
    Route("GET", "/api/tokens", listing, SIGNED_IN, answers={200: TokenList}),
    Route("POST", "/api/tokens", make, SIGNED_IN, body=MakeToken, answers={201: TokenMade}, problems=(NotFound,)),
    Route("DELETE", "/api/tokens/{token}", revoke, SIGNED_IN, answers={204: None}),
)
