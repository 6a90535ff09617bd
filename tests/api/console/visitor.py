"""Somebody who uses the console without scripts: follows links, fills in forms, reads what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from html import unescape
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlencode

import httpx

from tests.api.client import Caller, Site
from tests.api.console.html_forms import HtmlForm, forms_of
from tests.api.page_text import assert_in_order, sentences

LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>([^<]*)')
FORM = "application/x-www-form-urlencoded"
OWN = {"Sec-Fetch-Site": "same-origin"}


class Visitor:
    """A browser window: it has cookies, and one screen is open."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}
        self.path = ""
        self._answer: httpx.Response | None = None
        self._lines: list[str] | None = None
        self._forms: list[HtmlForm] | None = None

    def again(self) -> Visitor:
        """Give another window of the same browser, with the same screen."""
        other = copy(self)
        other.cookies = dict(self.cookies)
        return other

    # Going somewhere

    def opens(self, path: str, *, status: int = HTTPStatus.OK) -> Self:
        """Open an address, and follow where it leads."""
        return self._follow("GET", path, None, status)

    def sends(
        self,
        form: str,
        values: Mapping[str, str | Iterable[str]] | None = None,
        *,
        button: str | None = None,
        status: int = HTTPStatus.OK,
    ) -> Self:
        """Fill in a form of the screen, which is named by its field ``form`` or by its action, and send it."""
        found = self.form(form)
        return self._follow("POST", found.action, found.filled(values or {}, button), status)

    def presses(self, button: str, status: int = HTTPStatus.OK) -> Self:
        """Send the first form of the screen that has a button of these words, as it is."""
        found = [each for each in self.forms if any(words == button for words, _, _ in each.buttons)]
        assert found, f"there is no button {button!r} among {[each.buttons for each in self.forms]}"
        return self._follow("POST", found[0].action, found[0].filled({}, button), status)

    def _follow(self, method: str, path: str, content: str | None, status: int) -> Self:
        answer, self.path = self.request(method, path, content), path
        if answer.status_code == HTTPStatus.SEE_OTHER:
            return self._follow("GET", answer.headers["Location"], None, status)
        self._show(answer)
        assert answer.status_code == status, (answer.status_code, path, self.lines)
        return self

    def _show(self, answer: httpx.Response) -> None:
        self._answer, self._lines, self._forms = answer, None, None

    def request(self, method: str, path: str, content: str | None = None, **headers: str) -> httpx.Response:
        """Send a request with the cookies of the window, and follow nothing."""
        sent = {**self.headers, **headers}
        options: dict[str, Any] = {}
        if content is not None:
            sent["Content-Type"], options["content"] = FORM, content
        answer = Caller(self.site, None).send(method, path, headers=sent, **options)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if value and "max-age=0" not in line.lower():
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    @property
    def headers(self) -> dict[str, str]:
        """What the window sends with each request."""
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        return {**OWN, **(cookies if self.cookies else {})}

    # Reading

    @property
    def answer(self) -> httpx.Response:
        """The answer with the screen that is open; whoever has just signed in is led to the first one."""
        if self._answer is None:
            self.opens("/console")
        assert self._answer is not None
        return self._answer

    @property
    def lines(self) -> list[str]:
        """What can be read, from the top to the bottom."""
        answer = self.answer
        if self._lines is None:
            self._lines = sentences(answer)
        return self._lines

    def reads(self, *wanted: str) -> Self:
        """Hold that the screen has these lines, in this order."""
        assert_in_order(self.lines, *wanted)
        return self

    def does_not_read(self, *unwanted: str) -> Self:
        """Hold that these words are nowhere on the screen."""
        text = "\n".join(self.lines)
        assert [each for each in unwanted if each in text] == []
        return self

    def link(self, words: str) -> str:
        """Give where a link of the screen leads, by its words."""
        found = [unescape(each[1]) for each in LINK.finditer(self.answer.text) if unescape(each[2]).strip() == words]
        assert found, f"there is no link {words!r}"
        return found[0]

    @property
    def forms(self) -> list[HtmlForm]:
        """The forms of the screen."""
        answer = self.answer
        if self._forms is None:
            self._forms = forms_of(answer.text)
        return self._forms

    def form(self, name: str) -> HtmlForm:
        """Give a form of the screen by its field ``form``, or by its action."""
        found = [each for each in self.forms if name in {each.name, each.action}]
        assert found, f"there is no form {name!r} among {[(each.name, each.action) for each in self.forms]}"
        return found[0]


def signed_in(site: Site, caller: Caller) -> Visitor:
    """Give a window that has signed in with the token of a caller, and opens the first screen when it is looked at.

    ``test_signing_in`` goes through the form.
    """
    assert caller.token is not None
    visitor = Visitor(site)
    answer = visitor.request("POST", "/console/sign-in", urlencode({"token": caller.token}))
    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.SEE_OTHER, "/console"), answer.text
    return visitor
