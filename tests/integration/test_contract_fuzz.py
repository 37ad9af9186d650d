"""Every route is asked what its description expects and what it does not; it answers only what it declares.

schemathesis makes the questions, from the description alone, with a fixed seed. `make fuzz-contract` draws another one
and asks much more. Each goes to the real application over real SQLite, from one of the people of the cast.

A 503 is no fault here: it is declared and meant, and the object store is away. What fails is `unexpected`, any answer
that its route does not declare, and bad data that is not refused.
"""

import os
import zlib
from collections.abc import Iterator
from uuid import NAMESPACE_OID, uuid5

import pytest
import requests
import schemathesis
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from service.web.app import ROUTES
from service.web.policy import Content, Route
from tests.fixtures import contract
from tests.fixtures.town import Town, town
from tests.fixtures.visitors import HOST, ORIGIN

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
SEED = int(os.environ.get("FUZZ_SEED", "20261124"))

CHECKS: list[CheckFunction] = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
WHO = ("teacher",) * 6 + ("coach",) * 3 + ("lead", "outsider", "nobody")
SPENT = {
    "DELETE /api/uploads/{upload}": {"upload": "spare upload"},
    "POST /api/cycles/{cycle}/commands": {"cycle": "spare cycle"},
}
"""Routes that end what the others need: they get their own."""
NEW = ("id", "lesson", "annotation", "reply")
BASIC = {"Host": HOST, "X-Forwarded-Proto": "http", "Origin": ORIGIN}

description = schemathesis.openapi.from_dict(
    contract.described(),
    config=SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "generation": {"max-examples": EXAMPLES},
            # Bad data is refused before any rule of coaching is asked: 409 would be too late.
            "checks": {"negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 413, 422, 503]}},
        }
    ),
).exclude(path_regex="^/(media/|live$)")


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    print(f"\nschemathesis: seed {SEED}, {EXAMPLES} examples a route")
    with town() as it:
        yield it


def asked(case: schemathesis.Case, what: str) -> str:
    """What is asked, as text: whatever is made of it is the same when it is asked again."""
    return repr((what, case.path_parameters, case.query, case.body)).encode(errors="replace").decode()


def chosen(case: schemathesis.Case, what: str, *, among: int) -> int:
    return zlib.crc32(asked(case, what).encode()) % among


def put_ids(case: schemathesis.Case, ids: dict[str, list[str]]) -> None:
    """Ids that name something where the path has a proper id, in seven of eight cases: else nothing gets past 404.

    In a body they are new ones: generated ones are so plain that they would soon be taken. An annotation is found
    every other time.
    """
    made = {name: str(uuid5(NAMESPACE_OID, asked(case, name))) for name in NEW}
    found = ids["annotation"] if chosen(case, "annotation", among=2) else []
    spent = SPENT.get(case.operation.label, {})
    for name, value in (case.path_parameters or {}).items():
        named = ids.get(spent.get(name, name))
        if named and contract.is_id(value) and (pick := chosen(case, name, among=8)):
            case.path_parameters[name] = named[pick % len(named)]
    if isinstance(case.body, dict):
        for name in NEW:
            if contract.is_id(case.body.get(name)):
                case.body[name] = found[0] if name == "annotation" and found else made[name]


@description.parametrize()
def test_a_route_answers_only_what_it_declares(case: schemathesis.Case, place: Town) -> None:
    who = WHO[chosen(case, "who", among=len(WHO))]
    put_ids(case, place.ids)
    if isinstance(case.query, dict) and str(case.query.get("wait", "")).isdecimal():
        case.query["wait"] = 0
    cookie = {"Cookie": place.cookie(who)} if who != "nobody" else {}

    answer = case.call(base_url=place.url, headers=BASIC | cookie)

    if answer.status_code in (204, 401):
        place.lost(who)
    content_type = answer.headers.get("content-type", [""])[0]
    contract.check(case.method.upper(), case.formatted_path, answer.status_code, content_type, answer.content)
    assert answer.status_code != 500, f"{case.operation.label} failed: see the log"
    case.validate_response(answer, checks=CHECKS, headers=BASIC | cookie)


ODD_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"id": "\xff\xfe"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "half a surrogate": b'{"id": "\\ud800", "body": "\\udc00"}',
    "a NUL": b'{"id": "\\u0000"}',
    "very deep": b"[" * 30_000 + b"]" * 30_000,
    "very deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a huge number": b'{"size": ' + b"9" * 5_000 + b', "start_ms": 1e999}',
    "no number": b'{"start_ms": NaN, "size": Infinity}',
    "the same name twice": b'{"type": "add_reply", "type": "release_lesson", "id": "x"}',
    "too much": b'{"body": "' + b"a" * 5_000_000 + b'"}',
}
TAKING = [route for route in ROUTES if route.body is not None and not isinstance(route.body, Content)]


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES)
@pytest.mark.parametrize("route", TAKING, ids=lambda route: f"{route.method} {route.path}")
def test_an_odd_body_is_refused_as_declared(route: Route, body: bytes, place: Town) -> None:
    path = route.path
    for name, ids in place.ids.items():
        path = path.replace(f"{{{name}}}", ids[0])
    given = BASIC | {"Cookie": place.cookie("teacher"), "Content-Type": "application/json"}

    answer = requests.request(route.method, place.url + path, data=body, headers=given, timeout=20)

    contract.check(route.method, path, answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=1e3",
        "after=٣",
        "after=" + "9" * 400,
        "after=%00",
        "after=%ff",
        "after=%ed%a0%80",
        "after[]=1",
        "after=1&after=x",
        "wait=26",
        "after=%F0%9F%99%8B",
        "&&&=;%",
        "after=",
    ],
)
def test_an_odd_query_is_answered_as_declared(query: str, place: Town) -> None:
    path = f"/api/lessons/{place.cast.lesson}/events"
    given = BASIC | {"Cookie": place.cookie("teacher")}

    answer = requests.get(f"{place.url}{path}?{query}", headers=given, timeout=20)

    contract.check("GET", path, answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
    assert answer.status_code != 500
