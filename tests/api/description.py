"""The description of the interface, and the routes that it describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.main import create_app, endpoints
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import read_settings

Json = dict[str, Any]


@cache
def put_together() -> FastAPI:
    """Give the application, which is never started.

    It is made when the first test asks for it: every process that collects the tests imports this module, and the
    description takes seconds.
    """
    return create_app(Bitacora(read_settings(database="sqlite:///never-opened.sqlite3")))


@cache
def described_routes() -> Mapping[str, tuple[str, APIRoute]]:
    """Give method and route by the name of both."""
    return {
        f"{method} {route.path}": (method, route)
        for route in endpoints(put_together().routes)
        if route.include_in_schema
        for method in sorted(route.methods or ())
    }


def document() -> Json:
    """Give the description."""
    return put_together().openapi()


def operation(method: str, route: APIRoute) -> Json:
    """Give what the description says of a route."""
    found: Json = document()["paths"][route.path][method.lower()]
    return found


def resolved(node: Json) -> Json:
    """Follow a reference, if it is one."""
    while "$ref" in node:
        found: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def every_node(node: Any) -> Iterator[Json]:  # noqa: ANN401 - any piece of the description
    """Walk the objects of the description, or of a piece of it."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from every_node(inner)


def parameters(method: str, route: APIRoute) -> dict[str, Json]:
    """Give the parameters of a route by name."""
    return {each["name"]: each for each in map(resolved, operation(method, route)["parameters"])}
