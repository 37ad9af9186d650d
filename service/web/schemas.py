"""The components of the API's description: every type that travels, every event, every problem, as JSON Schema."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from service.coaching.folding import EVENTS
from service.problems import Problem, Unexpected, every_problem
from storage.log import Event

Schema = dict[str, Any]

REF: Final = "#/components/schemas/"
_STATUSES: Final[Mapping[type[Problem], list[int]]] = {Unexpected: [500, 503]}
"""The front door says `unexpected` with 503 when nobody answers behind it."""


class Schemas:
    """The schemas of the types given, and the components they refer to.

    taken: what comes in; a member with a default may be left out.
    given: what goes out; every member is there, also one that has a default.
    """

    def __init__(self, *, taken: Sequence[Any], given: Sequence[Any]) -> None:
        extras = [kind for problem in every_problem().values() for kind in problem.extra.values()]
        self._types = [*taken, *given, *extras, *EVENTS.values()]
        built, components = msgspec.json.schema_components(self._types, ref_template=REF + "{name}")
        self._schemas = list(built)
        for kind in taken:
            _untag(kind, components)
        outgoing = set(_reachable(components, [self.of(kind) for kind in given]))
        incoming = set(_reachable(components, [self.of(kind) for kind in taken]))
        for name in outgoing:
            whole = list(components[name].get("properties", {}))
            if name in incoming and whole != components[name].get("required", []):
                raise LookupError(f"{name} is taken and given, and has a default: make it two types")
            if "properties" in components[name]:
                components[name]["required"] = whole
                for member in components[name]["properties"].values():
                    member.pop("default", None)
        self.components: Schema = components | self._events() | self._problems()

    def of(self, kind: Any) -> Schema:
        """The schema of one of the types given; a reference where it is a component."""
        return self._schemas[self._types.index(kind)]

    def _events(self) -> Schema:
        """Each type of event as it travels; `Event` is any of them."""
        names = {name: f"{struct.__name__}Event" for name, struct in EVENTS.items()}
        envelope = msgspec.json.schema_components([Event])[1]["Event"]
        events: Schema = {}
        for name, struct in EVENTS.items():
            properties = envelope["properties"] | {"type": {"const": name}, "data": self.of(struct)}
            events[names[name]] = {
                "title": names[name],
                "type": "object",
                "properties": properties | {"at": {"type": "string", "format": "date-time"}},
                "required": envelope["required"],
            }
        about = "What happened in a stream, as it travels. A client passes over a `type` that it does not know."
        return events | {"Event": one_of("type", {name: REF + names[name] for name in names}, about)}

    def _problems(self) -> Schema:
        """Each problem as a document of RFC 9457; `Problem` is any of them."""
        found = every_problem()
        documents = {problem_name(problem): self._problem(problem) for problem in found.values()}
        mapping = {f"/problems/{slug}": REF + problem_name(problem) for slug, problem in found.items()}
        return documents | {"Problem": one_of("type", mapping, "Whatever is in the way, in the form of RFC 9457.")}

    def _problem(self, problem: type[Problem]) -> Schema:
        statuses = _STATUSES.get(problem)
        members: Schema = {
            "type": {"const": f"/problems/{problem.slug}"},
            "title": {"const": problem.title},
            "status": {"enum": statuses} if statuses else {"const": problem.status},
            "detail": {"type": "string", "minLength": 1, "description": "What happened and what to do, for a person."},
            "instance": {"type": "string", "description": "The id of this request, as in the server's logs."},
        }
        return {
            "title": problem_name(problem),
            "description": problem.default or problem.title,
            "type": "object",
            "properties": members | {name: self.of(kind) for name, kind in problem.extra.items()},
            "required": list(members),
        }


def _untag(kind: Any, components: Mapping[str, Schema]) -> None:
    """A command that is the only one of its route need not say which it is."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__struct_config__.tag is not None:
        config = kind.__struct_config__
        components[kind.__name__]["required"].remove(config.tag_field)


def problem_name(problem: type[Problem]) -> str:
    return f"{problem.__name__}Problem"


def one_of(member: str, mapping: Mapping[str, str], description: str = "") -> Schema:
    """Exactly one of the components, told apart by a member."""
    schema: Schema = {"description": description} if description else {}
    return schema | {
        "oneOf": [{"$ref": ref} for ref in mapping.values()],
        "discriminator": {"propertyName": member, "mapping": dict(mapping)},
    }


def _reachable(components: Mapping[str, Schema], schemas: Iterable[Schema]) -> Iterator[str]:
    """The names of the components that these schemas refer to, directly or through others."""
    seen: set[str] = set()
    waiting: list[Any] = list(schemas)
    while waiting:
        match waiting.pop():
            case {"$ref": str(ref)}:
                name = ref.removeprefix(REF)
                if name not in seen:
                    seen.add(name)
                    waiting.append(components[name])
                    yield name
            case dict() as schema:
                waiting += schema.values()
            case list() as items:
                waiting += items
