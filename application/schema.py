"""How the shapes of documents are declared, so that whoever describes the interface can read them.

A shape is a ``TypedDict`` (of ``typing_extensions``): at run time the plain object that is stored and sent. What it
says beyond its Python type stands in ``Annotated``, in markers that pydantic calls by the names of its protocol;
nothing here imports it.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from typing_extensions import get_original_bases, is_typeddict

S = TypeVar("S")
SUFFIX = "Document"
"""What the name of a class may end in, and its published name leaves out: the domain has an ``Incident`` as well."""


class Encodes:
    """The mark of a value that is written as a string and described as what it was: an instant, an id, an enum."""

    def __init__(self, encoded: Any) -> None:  # noqa: ANN401 - any type form
        """Describe values as ``encoded``."""
        self._encoded = encoded

    def __get_pydantic_core_schema__(self, _source: object, handler: Any) -> Any:  # noqa: ANN401 - of pydantic
        return handler.generate_schema(self._encoded)


class Described:
    """The mark of a value whose JSON Schema says more than its type does: ``description``, ``examples``."""

    def __init__(self, **members: object) -> None:
        """Add ``members`` to the schema."""
        self._members = members

    def __get_pydantic_json_schema__(self, core_schema: object, handler: Any) -> dict[str, object]:  # noqa: ANN401
        schema: dict[str, object] = handler(core_schema)
        return schema | self._members


def documented(shape: type[S]) -> type[S]:
    """Publish a shape: its members are described by the docstrings beneath them, its name is without ``Document``.

    Without it pydantic would not read the docstrings of the shapes that a shape is made from.
    """

    def describe(core_schema: object, handler: Any) -> Any:  # noqa: ANN401 - of pydantic
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for name, text in _descriptions(shape).items():
            properties[name].setdefault("description", text)
        return schema

    shape.__qualname__ = shape.__name__.removesuffix(SUFFIX)
    # Only a description of the interface needs what pydantic makes of a shape; building it takes a third of a start.
    shape.__pydantic_config__ = {"defer_build": True}  # type: ignore[attr-defined]  # The protocol of pydantic.
    shape.__get_pydantic_json_schema__ = staticmethod(describe)  # type: ignore[attr-defined]  # The protocol of pydantic.
    return shape


def _descriptions(shape: type) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in get_original_bases(shape):
        if is_typeddict(base):
            found |= _descriptions(base)
    return found | _docstrings(shape.__module__).get(shape.__name__, {})


@cache
def _docstrings(module: str) -> dict[str, dict[str, str]]:
    """Read the docstrings beneath the members of each class of a module; Python keeps none of them."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_beneath_members(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _beneath_members(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for member, below in zip(node.body, node.body[1:], strict=False):
        match member, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
            case _:
                pass
