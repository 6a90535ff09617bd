"""A message is written where it is raised; no variable stands in between."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, plant

APART = "def refuse(id: str) -> None:\n    if id:\n        {name} = {message}\n        raise ValueError({name})"


class TestMessages:
    def test_are_written_inside_the_raise(self) -> None:
        assert [place for package in (*PACKAGES, "tests") for place in messages_apart(ROOT / package)] == []

    @pytest.mark.parametrize("name", ["msg", "text"])
    @pytest.mark.parametrize("message", ['"It is over."', 'f"{id} is over"', '("it is"\n            " over")'])
    def test_are_found_where_they_are_not(self, name: str, message: str, tmp_path: Path) -> None:
        planted = plant(tmp_path, "domain.planted", APART.format(name=name, message=message))

        assert messages_apart(tmp_path) == [f"{planted}:4"]


def messages_apart(root: Path) -> list[str]:
    """List the places where a text is given a name only to be raised in the next statement."""
    return [
        f"{path}:{assigned.lineno}"
        for path in sorted(root.rglob("*.py"))
        for block in blocks(ast.parse(path.read_text(encoding="utf-8")))
        for assigned, raised in pairwise(block)
        if isinstance(assigned, ast.Assign)
        and isinstance(assigned.value, ast.Constant | ast.JoinedStr)
        and isinstance(raised, ast.Raise)
        and any(ast.unparse(name) == ast.unparse(assigned.targets[0]) for name in ast.walk(raised))
    ]


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Give every sequence of statements of a module."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            found = getattr(node, name, None)
            if isinstance(found, list):
                yield found
