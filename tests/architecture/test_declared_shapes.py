"""Documents have a declared shape: an object of anything is named by those alone who walk any JSON."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, plant

LAYERS = ("application", "api")
WALKERS = {
    "api/audit/sealed_description.py": "writes parts of the description of the interface",
    "api/cli/reference.py": "reads the description of the interface, a JSON document of OpenAPI",
    "api/http/openapi.py": "completes the description of the interface, a JSON document of OpenAPI",
    "api/http/openapi_answers.py": "writes parts of that description, as FastAPI takes them",
    "api/http/openapi_problems.py": "writes parts of that description",
    "api/http/values.py": "changes the JSON Schema of a value, as pydantic hands it over",
    "api/notifications/preview_description.py": "writes parts of that description",
    "api/notifications/webhook_description.py": "writes parts of that description",
    "application/shapes.py": "walks documents of any declared shape",
}
"""The modules that need no declared shape, and why."""
USES = {
    "an alias": "Document = dict[str, Any]",
    "an annotation": "def read() -> list[dict[str, Any]]: ...",
    "a name of it": "from application.document import Document",
    "in quotes": "def read() -> 'dict[str, Any]': ...",
}


class TestDocuments:
    def test_have_a_declared_shape(self) -> None:
        assert undeclared(ROOT) == WALKERS.keys()

    @pytest.mark.parametrize("use", USES)
    @pytest.mark.parametrize("layer", LAYERS)
    def test_are_found_without_one(self, layer: str, use: str, tmp_path: Path) -> None:
        plant(tmp_path, f"{layer}.deep.planted", USES[use])
        plant(tmp_path, f"{layer}.declared", "def read() -> dict[str, int]: ...")

        assert undeclared(tmp_path) == {f"{layer}/deep/planted.py"}


def undeclared(root: Path) -> set[str]:
    """Find the modules that name an object of anything."""
    found = (path for layer in LAYERS for path in (root / layer).rglob("*.py") if names_any_object(path))
    return {path.relative_to(root).as_posix() for path in found}


def names_any_object(path: Path) -> bool:
    """Tell whether a module names ``dict[str, Any]``, or the alias of it, anywhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Subscript():
                found = ast.unparse(node) == "dict[str, Any]"
            case ast.Constant(value=str(text)):
                found = "dict[str, Any]" in text
            case ast.ImportFrom(module="application.document", names=names):
                found = any(alias.name == "Document" for alias in names)
            case _:
                found = False
        if found:
            return True
    return False
