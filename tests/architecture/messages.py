"""The texts that the program has, and the catalogs that translate them; run as a program, it brings those up to date.

    python -m tests.architecture.messages

A new text gets an empty translation, which you fill in; one that is gone leaves the catalogs.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
CATALOGS = ROOT / "infrastructure" / "languages"
METHODS_OF = {
    "api": [("site/templates/**.html", "jinja2"), ("**.py", "python")],
    "application": [("**.py", "python")],
}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "translatable": None, "plural": (1, 2)}
WIDTH = 120


@cache
def messages() -> Catalog:
    """Give every text of the program, with the places where it stands."""
    catalog = Catalog(charset="utf-8")
    for folder in ("api", "application"):
        found = extract_from_dir(ROOT / folder, METHODS_OF[folder], keywords=KEYWORDS)
        for name, _line, message, _comments, _context in found:
            catalog.add(message, locations=[(f"{folder}/{name}", 0)])
    return catalog


def read_catalog(path: Path) -> Catalog:
    """Read a catalog."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)


def catalogs() -> Iterable[Path]:
    """Give the files of all catalogs."""
    return sorted(CATALOGS.glob("*.po"))


def update(path: Path, template: Catalog) -> Catalog:
    """Bring a catalog up to the texts that there are; none is guessed."""
    before = read_catalog(path)
    after = Catalog(locale=before.locale, charset="utf-8", fuzzy=False)
    for message in template:
        if message.id:
            known = before.get(message.id[0] if isinstance(message.id, tuple) else message.id)
            names = sorted({name for name, _ in message.locations})
            after.add(message.id, known.string if known else "", locations=[(name, 0) for name in names])
    path.write_text(f"{_header(after)}{_entries(after)}", encoding="utf-8")
    return after


def _header(catalog: Catalog) -> str:
    kept = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in catalog.mime_headers if name in kept)
    return f'msgid ""\nmsgstr ""\n{lines}\n'


def _entries(catalog: Catalog) -> str:
    written = BytesIO()
    write_po(written, catalog, width=WIDTH, omit_header=True, include_lineno=False)
    return written.getvalue().decode()


def strings(message: Message) -> tuple[str, ...]:
    """Give the translations of a text: one, or one for each plural form."""
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


if __name__ == "__main__":
    every = messages()
    for each in catalogs():
        empty = [message.id for message in update(each, every) if message.id and not all(strings(message))]
        print(f"{each.name}: {len(empty)} without a translation")  # noqa: T201 - what the program says
