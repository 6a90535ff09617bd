"""The forms of a page, as a browser without scripts would send them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

TYPED = {"text", "hidden", "password", "email", "number", "date", "datetime-local", "search", "url", "month", "time"}


@dataclass
class HtmlForm:
    """A form: where it goes, what stands in its fields, and its buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """All names that have a field, also those in which nothing is chosen."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """The words on each, with the name and value that it sends."""
    choices: dict[str, list[str]] = field(default_factory=dict)
    """What can be chosen, by the name of the field."""

    @property
    def name(self) -> str:
        """What the form calls itself."""
        return self.value("form")

    def value(self, name: str) -> str:
        """Give what stands in a field."""
        return next((value for each, value in self.fields if each == name), "")

    def filled(self, values: Mapping[str, str | Iterable[str]], button: str | None = None) -> str:
        """Write the form with other values; only fields that are there can be filled in."""
        assert values.keys() <= self.names, f"there are no fields {values.keys() - self.names} in {self.names}"
        pairs = [(name, value) for name, value in self.fields if name not in values]
        for name, value in values.items():
            pairs += [(name, each) for each in ([value] if isinstance(value, str) else value)]
        if button is not None:
            pressed = [(name, value) for words, name, value in self.buttons if words == button]
            assert pressed, f"there is no button {button!r} in {self.buttons}"
            pairs += [pair for pair in pressed[:1] if pair[0]]
        return urlencode(pairs)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[HtmlForm] = []
        self._form: HtmlForm | None = None
        self._area = self._select = ""
        self._option: tuple[str, bool] | None = None
        self._chosen: str | None = None
        self._text = ""
        self._button: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = HtmlForm(given.get("action", ""), given.get("method", "get").lower())
            self.found.append(self._form)
        form = self._form
        if form is None:
            return
        name = given.get("name", "")
        if name and tag in {"input", "select", "textarea"}:
            form.names.add(name)
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in TYPED:
                form.fields.append((name, given.get("value", "")))
            else:
                form.choices.setdefault(name, []).append(given.get("value", "on"))
                if "checked" in given:
                    form.fields.append((name, given.get("value", "on")))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option":
            form.choices.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given or self._chosen is None:
                self._chosen = given.get("value", "")
        elif tag == "button":
            self._button, self._text = (name, given.get("value", "")), ""

    def handle_endtag(self, tag: str) -> None:
        form = self._form
        if form is None:
            return
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            # The first line feed after the tag is none of the text (HTML, 13.1.2.6).
            form.fields.append((self._area, self._text.removeprefix("\n")))
            self._area = ""
        elif tag == "select":
            form.fields.append((self._select, self._chosen or ""))
        elif tag == "button" and self._button is not None:
            form.buttons.append((" ".join(self._text.split()), *self._button))
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._area or self._button is not None:
            self._text += data


def forms_of(html: str) -> list[HtmlForm]:
    """Give the forms of a page, in its order."""
    found = _Forms()
    found.feed(html)
    return found.found
