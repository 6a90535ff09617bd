"""Reads the keys of groups and audiences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import from_json

from application.key_names import KEY_NAMES, KEY_USES
from application.register_view import REGISTER_VIEW
from infrastructure.projections.temporal_tables import consistent_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.key_names import KeyKind, KeyNameDocument
    from infrastructure.store.base import Store, Value

NAMED = f"SELECT named, place, version, name FROM {KEY_NAMES.name} WHERE kind = :kind AND to_position IS NULL"


def _used(narrowed: str) -> str:
    """Go from key to key in the index: what is read does not grow with how often each is named."""
    rows = f"FROM {KEY_USES.name} WHERE kind = :kind AND to_position IS NULL{narrowed}"
    return f"""
    WITH RECURSIVE used (named) AS (
        SELECT min(named) {rows}
        UNION ALL
        SELECT (SELECT min(named) {rows} AND named > used.named) FROM used WHERE used.named IS NOT NULL
    )
    SELECT named FROM used WHERE named IS NOT NULL
    """


USED = {False: _used(""), True: _used(" AND public = 1")}


class SqlKeyNameQueries:
    """Reads keys and their names, as they are now."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def all(self, at: int, kind: KeyKind, *, public: bool) -> Sequence[KeyNameDocument]:
        """Give every key in the order of the page; with ``public`` those alone that readers may know of.

        They are those of now, and at least those of position ``at``.
        """
        wanted: dict[str, Value] = {"kind": str(kind)}
        with consistent_read(self._store, REGISTER_VIEW, at), self._store.reading_views() as connection:
            named = connection.execute(NAMED, wanted)
            used = connection.execute(USED[public], wanted)
        return key_name_documents((str(row[0]) for row in used), named, public=public)


def key_name_documents(
    used: Iterable[str], named: Iterable[tuple[Value, ...]], *, public: bool
) -> Sequence[KeyNameDocument]:
    """Write keys that are ``used`` and those that an operator ``named`` (key, place, version, name), in their order."""
    found: dict[str, KeyNameDocument] = {key: {"key": key, "name": None, "position": 0, "version": 0} for key in used}
    for key, place, version, name in named:
        found[str(key)] = {
            "key": str(key),
            "name": from_json(str(name)),
            "position": int(place or 0),
            "version": int(version or 0),
        }
    if public:
        for document in found.values():
            del document["version"]
    return sorted(found.values(), key=lambda document: (document["position"], document["key"]))
