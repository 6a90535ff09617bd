"""Lists, followed from page to page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.api.client import Caller


def pages(caller: Caller, path: str, **parameters: str | int) -> Iterator[list[dict[str, Any]]]:
    """Follow a list from page to page by its links."""
    answer = caller.get(path, params=parameters)
    while True:
        document = answer.json()
        assert document.keys() == {"data", "has_more", "next_cursor"}
        yield document["data"]
        if not document["has_more"]:
            assert document["next_cursor"] is None
            assert "Link" not in answer.headers
            return
        target, _, relation = answer.headers["Link"].partition(">; ")
        assert relation == 'rel="next"'
        query = {name: values[0] for name, values in parse_qs(urlsplit(target[1:]).query).items()}
        assert document["next_cursor"] in query.values()
        kept = parameters.keys() - {"from"}
        assert {name: query[name] for name in kept} == {name: str(parameters[name]) for name in kept}
        answer = caller.get(target[1:])
