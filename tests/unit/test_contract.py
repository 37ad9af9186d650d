"""The description of the API: valid, complete, its own names, and the client's types made of it."""

import re

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.problems import MethodNotAllowed, every_problem
from service.web.app import ROUTES
from service.web.carried import CARRIED
from service.web.openapi import document, operation_id, problems_of
from service.web.policy import PUBLIC, Route
from tests.fixtures import contract, typescript

EVERY = (*ROUTES, *CARRIED)


def label(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_the_description_is_openapi() -> None:
    assert [fault.message for fault in OpenAPIV31SpecValidator(contract.described()).iter_errors()] == []


@pytest.mark.parametrize("route", EVERY, ids=label)
def test_a_route_says_what_it_is_for_and_what_it_answers(route: Route) -> None:
    assert route.handler.__doc__, f"{label(route)}: its handler has no docstring, which is its description"
    assert route.answers, f"{label(route)} names no answer"
    assert all(200 <= status < 400 for status in route.answers), f"{label(route)}: what it refuses is in `problems`"


@pytest.mark.parametrize("route", EVERY, ids=label)
def test_an_operation_has_a_name_that_reads(route: Route) -> None:
    assert re.fullmatch("[a-z]+(_[a-z]+)+", operation_id(route))


def test_no_two_types_that_travel_have_the_same_name() -> None:
    """msgspec then calls them by their module, and a reader cannot tell which is meant."""
    named = contract.described()["components"]["schemas"]

    assert [name for name in named if not re.fullmatch("[A-Z][A-Za-z0-9]*", name)] == []


def test_every_problem_is_one_that_some_route_may_answer() -> None:
    spoken = {problem for route in EVERY for problem in problems_of(route)} | {MethodNotAllowed}

    assert {kind.__name__ for kind in every_problem().values()} - {kind.__name__ for kind in spoken} == set()


def test_a_type_that_is_taken_and_given_has_no_default() -> None:
    """Given, each member is there; taken, one with a default may be left out. One type cannot say both."""

    class Both(msgspec.Struct):
        size: int = 0

    async def handler(_: object) -> None:
        """Never called."""

    route = Route("POST", "/both", handler, PUBLIC, body=Both, answers={200: Both})  # type: ignore[arg-type]

    with pytest.raises(LookupError, match="Both"):
        document([route])


def test_the_clients_types_are_those_of_the_description() -> None:
    """`make contract` writes them anew."""
    assert typescript.FILE.read_text() == typescript.module(contract.described())


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"$ref": "#/components/schemas/Reply"}, "Reply"),
        ({"type": "integer"}, "number"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "number | null"),
        ({"enum": ["note", "question"]}, '"note" | "question"'),
        ({"const": 404}, "404"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "(string | null)[]"),
        ({"type": "array", "minItems": 0, "maxItems": 0}, "never[]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Record<string, boolean>"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({}, "unknown"),
    ],
)
def test_a_schema_is_one_typescript_type(schema: dict[str, object], written: str) -> None:
    assert typescript.type_of(schema) == written


def test_a_schema_that_has_no_typescript_type_is_not_guessed() -> None:
    with pytest.raises(LookupError):
        typescript.type_of({"not": {"type": "string"}})


def test_a_member_that_may_be_missing_is_optional() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b-c": {"const": "x"}}, "required": ["a"]}

    written = typescript.module({"components": {"schemas": {"Pair": schema}}})

    assert 'export interface Pair {\n  a: string;\n  "b-c"?: "x";\n}' in written


@pytest.mark.parametrize(
    ("method", "path", "status", "slug", "says"),
    [
        ("GET", "/api/home", 409, "cycle_closed", "GET /api/home answers 409 cycle_closed"),
        ("GET", "/api/home", 403, "not_yours", "GET /api/home answers 403 /problems/not_yours"),
        ("GET", "/api/nothing", 409, "cycle_closed", "GET /api/nothing is no route"),
    ],
)
def test_an_undeclared_problem_is_named_with_its_route(
    method: str, path: str, status: int, slug: str, says: str
) -> None:
    body = msgspec.json.encode(every_problem()[slug]().document("a-request"))

    with pytest.raises(contract.Undeclared, match=re.escape(says)):
        contract.check(method, path, status, contract.PROBLEM, body)


def test_a_declared_problem_passes_unless_it_has_a_member_too_many() -> None:
    problem = every_problem()["signed_out"]()
    contract.check("GET", "/api/home", 401, contract.PROBLEM, msgspec.json.encode(problem.document("a-request")))
    problem.members["password"] = "of somebody"

    with pytest.raises(contract.Undeclared, match="password"):
        contract.check("GET", "/api/home", 401, contract.PROBLEM, msgspec.json.encode(problem.document("a-request")))
