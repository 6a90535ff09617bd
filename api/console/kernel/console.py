"""The console of a program: its templates, its files and the routes that its screens call."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console.kernel.event_words import words_of_actor, words_of_event
from api.site.kernel.static import StaticFiles
from api.site.kernel.texts import excerpt, markdown

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from application.facade import Facade

FOLDER = Path(__file__).parents[1]
LONGEST = 1_500
"""How many characters of a text a list shows, which says then that there are more."""


class Console:
    """The console of one program."""

    def __init__(self, facade: Facade, routes: ASGIApp, site_files: StaticFiles) -> None:
        """Show what ``routes`` answer; the style of the public pages, one of their files, is that of the console."""
        self.routes = routes
        self.site_files = site_files
        self.files = StaticFiles(facade.settings.site, FOLDER / "static", "/console/static")

    def render(self, template: str, document: dict[str, object]) -> bytes:
        """Render a screen."""
        return environment().get_template(template).render(document).encode()


def beginning(text: str, longest: int = LONGEST) -> str:
    """Give a text, or its beginning if it is longer, cut between words and with its marks."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    return f"{head.rsplit(maxsplit=1)[0] if ' ' in head else head}…"


@cache
def environment() -> Environment:
    """Give what renders the templates of the console."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"beginning": beginning}
    made.filters |= {"markdown": markdown, "excerpt": excerpt, "what_happened": words_of_event, "who": words_of_actor}
    return made
