"""Modules stay small and are named after what they hold, and the tree stands alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules, plant

MOST_LINES = 300
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "service"}
# The hidden folders that are kept with the sources.
HIDDEN = {".ci", ".github"}
# What is not kept with the sources, or is not ours.
LEFT_OUT = {"var", "build", "dist", "__pycache__"}
# Folders beside or above the tree, homes of its developers, and package registries.
OUTSIDE = re.compile(r"\bshared[/]|[/](?:work|root|home|Users)[/]|pypi\.org|pythonhosted\.org")


class TestModules:
    def test_stay_below_three_hundred_lines(self) -> None:
        assert oversized(ROOT) == []

    @pytest.mark.parametrize("package", PACKAGES)
    def test_are_found_when_they_grow_beyond(self, package: str, tmp_path: Path) -> None:
        grown = plant(tmp_path, f"{package}.deep.grown", "pass\n" * MOST_LINES)
        plant(tmp_path, f"{package}.small", "pass")

        assert oversized(tmp_path) == [grown]

    def test_are_named_after_what_they_hold(self) -> None:
        assert emptily_named(ROOT) == []

    @pytest.mark.parametrize("name", sorted(EMPTY_NAMES))
    def test_are_found_when_their_name_says_nothing(self, name: str, tmp_path: Path) -> None:
        planted = [plant(tmp_path, f"api.{name}", "pass"), plant(tmp_path, f"domain.{name}.incident", "pass")]

        assert sorted(emptily_named(tmp_path)) == sorted(planted)


class TestTree:
    def test_names_nothing_outside_of_itself(self) -> None:
        assert outward(ROOT) == []

    @pytest.mark.parametrize("place", ["..|shared|notes", "|home|ana", "|Users|ana", "||pypi|org"])
    def test_is_found_to_name_something_outside(self, place: str, tmp_path: Path) -> None:
        # Spelled so that this file does not name them either.
        named = place.replace("|org", ".org").replace("|", "/")
        planted = plant(tmp_path, "tests.planted", f"# See {named}.")

        assert outward(tmp_path) == [planted]


class TestExceptionsOfTheLinter:
    def test_have_their_reason_beside_them(self) -> None:
        assert unexplained((ROOT / "pyproject.toml").read_text(encoding="utf-8")) == []

    def test_are_found_without_one(self) -> None:
        assert unexplained('ignore = [\n    "D105", # Magic.\n    "E501",\n]') == ['    "E501",']


def oversized(root: Path) -> list[Path]:
    """List the modules that are longer than they may be."""
    return [path for path in modules(root) if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES]


def emptily_named(root: Path) -> list[Path]:
    """List the modules whose name, or whose folder's, could be that of any other."""
    return [path for path in modules(root) if EMPTY_NAMES & set(path.relative_to(root).with_suffix("").parts)]


def outward(root: Path) -> list[Path]:
    """List the files that name a place outside of the tree."""
    return [path for path in kept(root) if OUTSIDE.search(path.read_text(encoding="utf-8", errors="ignore"))]


def kept(folder: Path) -> Iterator[Path]:
    """Walk the files that are kept with the sources: of the hidden folders only two."""
    for path in sorted(folder.iterdir()):
        if path.is_file():
            # In a second working tree it is a file, which says where the first one is.
            if path.name != ".git":
                yield path
        elif path.name in HIDDEN or not (path.name in LEFT_OUT or path.name.startswith(".")):
            yield from kept(path)


def unexplained(configuration: str) -> list[str]:
    """List the lines of the configuration that switch off a rule and do not say why."""
    return [line for line in configuration.splitlines() if re.match(r'\s+"[A-Z]+\d*",', line) and "# " not in line]
