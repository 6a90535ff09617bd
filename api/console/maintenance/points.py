"""Lists of texts in several languages as fields of a form have them: a point on each line, side by side.

The first lines of all languages are one point, and so on. A line with a blank in front goes on with the point above,
and a line with nothing but ``-`` says that the language does not have this point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.http.forms import FilledForm

NOT_THERE = "-"
INDENT = "  "


def read_points(form: FilledForm, at: str) -> list[dict[str, str]]:
    """Read the points that stand in the fields of a name, ``guidance.before.en``."""
    beginning = f"{at}."
    columns = {
        name.removeprefix(beginning): list(_points(form.text(name)))
        for name in form.names()
        if name.startswith(beginning)
    }
    most = max(map(len, columns.values()), default=0)
    rows = (
        {tag: column[place] for tag, column in columns.items() if place < len(column) and column[place] != NOT_THERE}
        for place in range(most)
    )
    return [row for row in rows if row]


def write_points(points: Sequence[Mapping[str, str]], tags: Iterable[str]) -> dict[str, str]:
    """Give the texts of the fields, by language, in which these points are."""
    written: dict[str, str] = {}
    for tag in tags:
        texts = [point.get(tag, NOT_THERE).replace("\n", f"\n{INDENT}") for point in points]
        while texts and texts[-1] == NOT_THERE:
            texts.pop()
        if texts:
            written[tag] = "\n".join(texts)
    return written


def _points(text: str) -> Iterable[str]:
    point: list[str] = []
    for line in text.split("\n"):
        if line[:1].isspace() and point:
            point.append(line.removeprefix(INDENT) if line.startswith(INDENT) else line.lstrip())
        elif line.strip():
            if point:
                yield "\n".join(point)
            point = [line.rstrip()]
    if point:
        yield "\n".join(point)
