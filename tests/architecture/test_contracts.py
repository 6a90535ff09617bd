"""The import contracts are kept, and each of them breaks on a planted violation."""

from itertools import combinations, permutations, product
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import PROJECT, plant, run

CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]
}
# An import to plant, as (importer, imported).
Import = tuple[str, str]


class TestContracts:
    def test_are_kept(self, copied_tree: Path) -> None:
        outcome = run("lint-imports", "--no-cache", inside=copied_tree)

        assert f"{len(CONTRACTS)} kept, 0 broken" in outcome.stdout, outcome.stdout
        assert outcome.returncode == 0

    @pytest.mark.parametrize("contract", CONTRACTS)
    def test_break_on_planted_imports_and_name_them(self, contract: str, copied_tree: Path) -> None:
        planted = violations_of(CONTRACTS[contract])
        for importer, imported in planted:
            plant(copied_tree, importer, f"import {imported}")

        outcome = run("lint-imports", "--no-cache", "--contract", contract, inside=copied_tree)

        assert "0 kept, 1 broken" in outcome.stdout, outcome.stdout
        assert outcome.returncode == 1
        assert [violation for violation in planted if report_of(violation) not in outcome.stdout] == []


def violations_of(contract: dict[str, Any]) -> list[Import]:
    """List imports which the contract forbids, at least one for each module it speaks of."""
    match contract["type"]:
        case "layers":
            return [(f"{lower}.planted", upper) for upper, lower in combinations(contract["layers"], 2)]
        case "protected":
            return [("api.planted", module) for module in contract["protected_modules"]]
        case "forbidden":
            pairs = product(contract["source_modules"], contract["forbidden_modules"])
            return [(f"{source}.planted", module) for source, module in pairs]
        case "independence":
            return list(permutations(contract["modules"], 2))
        case "acyclic_siblings":
            pairs = product(contract["ancestors"], permutations(("planted", "sown")))
            return [(f"{package}.{one}", f"{package}.{other}") for package, (one, other) in pairs]
        case unknown:
            pytest.fail(f"There is no violation to plant for a contract of type {unknown}.")


def report_of(violation: Import) -> str:
    """Tell how the tool names the violation: a cycle by its package, anything else by the import."""
    importer, imported = violation
    package, _, name = imported.rpartition(".")
    if name in {"planted", "sown"}:
        return f"No cycles are allowed in {package}."
    return f"{importer} -> {imported} "
