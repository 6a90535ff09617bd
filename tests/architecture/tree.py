"""The source tree as the architecture tests see it, and the tools that are run on it."""

import subprocess
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "application", "infrastructure", "api")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules(root: Path) -> Iterator[Path]:
    """Walk the Python files of the four packages under ``root``."""
    for package in PACKAGES:
        yield from sorted((root / package).rglob("*.py"))


def plant(root: Path, module: str, code: str) -> Path:
    """Append ``code`` to the module, which need not exist yet, and give its path."""
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{code}\n")
    return path


def run(tool: str, *arguments: str, inside: Path) -> subprocess.CompletedProcess[str]:
    """Run an installed tool in the folder ``inside`` and catch what it prints."""
    script = Path(sysconfig.get_path("scripts")) / tool
    return subprocess.run([script, *arguments], cwd=inside, capture_output=True, text=True, check=False)
