"""Every Python file that a document names exists."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import PACKAGES, ROOT, plant

# A path with a placeholder, `api/<capability>/commands.py`, names no one file.
NAMED = re.compile(rf"(?<![\w/.>-])(?:{'|'.join((*PACKAGES, 'tests'))})/[\w/]+\.py\b")
LEFT_OUT = {"node_modules", "var", ".venv"}


class TestPaths:
    def test_in_documents_exist(self) -> None:
        assert missing(ROOT) == []

    def test_are_found_when_they_do_not(self, tmp_path: Path) -> None:
        plant(tmp_path, "domain.there", "pass")
        (tmp_path / ".github").mkdir()
        (tmp_path / ".github" / "GUIDE.md").write_text("See `domain/there.py` and `api/gone.py`.", encoding="utf-8")

        assert missing(tmp_path) == [(".github/GUIDE.md", "api/gone.py")]


def missing(root: Path) -> list[tuple[str, str]]:
    """List what documents name and is not there, as (document, path)."""
    return [
        (document.relative_to(root).as_posix(), named)
        for document in documents(root)
        for named in NAMED.findall(document.read_text(encoding="utf-8"))
        if not (root / named).is_file()
    ]


def documents(root: Path) -> Iterator[Path]:
    """Walk the Markdown files that are kept with the sources."""
    return (path for path in sorted(root.rglob("*.md")) if not LEFT_OUT & set(path.relative_to(root).parts))
