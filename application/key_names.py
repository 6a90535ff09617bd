"""Groups and audiences: which keys there are, what they are called, and who may know of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, NotRequired, Protocol

from typing_extensions import TypedDict

from application.document import Localized, Page
from application.errors import VersionConflict
from application.nearest import did_you_mean
from application.projections.tables import Index, Row, Table
from application.schema import documented
from application.targets import load_at
from domain.components import Component
from domain.components.group import Group
from domain.errors import Invalid
from domain.key_names import KeyName
from domain.maintenance import MaintenanceWindow
from domain.maintenance.audience import AudienceName
from domain.maintenance.series import MaintenanceSeries
from domain.panels.automation import AutomationName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.caller import Caller
    from application.log import Log
    from domain.aggregate import Aggregate
    from domain.text import Text


class KeyKind(StrEnum):
    """What a key is of."""

    GROUP = "group"
    AUDIENCE = "audience"
    AUTOMATION = "automation"


NAMES: dict[KeyKind, type[KeyName]] = {
    KeyKind.GROUP: Group,
    KeyKind.AUDIENCE: AudienceName,
    KeyKind.AUTOMATION: AutomationName,
}


@documented
class KeyNameDocument(TypedDict):
    """A key and what it is called."""

    key: str
    name: Localized | None
    """Null until an operator names it."""
    position: int
    """Its place on the page, 0 until an operator names it; ties are ordered by key."""
    version: NotRequired[int]
    """The number of its events, 0 until an operator names it; for operators, auditors and admins only."""


@documented
class KeyNamePage(Page):
    """Every key that the caller may know of, in the order of the page."""

    data: list[KeyNameDocument]


KEY_NAMES = Table(
    name="key_names",
    key=("kind", "named"),
    columns={"kind": "key", "named": "key", "place": "number", "version": "number", "name": "document"},
)
KEY_USES = Table(
    name="key_uses",
    key=("kind", "named", "used_by"),
    columns={"kind": "key", "named": "key", "used_by": "key", "public": "flag"},
    indexes=(
        Index(("kind", "named"), "to_position IS NULL"),
        Index(("kind", "public", "named"), "to_position IS NULL"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class KeyNameRow(Row):
    """A key that an operator named."""

    TABLE: ClassVar[Table] = KEY_NAMES

    kind: str
    named: str
    place: int
    version: int
    name: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class KeyUseRow(Row):
    """A key that a component, a window or a series names, and whether readers can see that."""

    TABLE: ClassVar[Table] = KEY_USES

    kind: str
    named: str
    used_by: str
    public: bool


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows that follow from an aggregate as it is."""
    match aggregate:
        case Group() | AudienceName():
            kind = next(kind for kind, named in NAMES.items() if isinstance(aggregate, named))
            yield KeyNameRow(
                kind=kind,
                named=aggregate.key,
                place=aggregate.position,
                version=aggregate.version,
                name=dict(aggregate.name),
            )
        case Component():
            yield from _uses(KeyKind.GROUP, (aggregate.group,), aggregate, public=aggregate.is_public)
        case MaintenanceWindow():
            yield from _uses(KeyKind.AUDIENCE, aggregate.plan.audiences, aggregate, public=aggregate.is_public)
        case MaintenanceSeries():
            yield from _uses(KeyKind.AUDIENCE, aggregate.plan.audiences, aggregate, public=False)


def _uses(kind: KeyKind, keys: Iterable[str], user: Aggregate, *, public: bool) -> Iterator[Row]:
    for key in keys:
        yield KeyUseRow(kind=kind, named=key, used_by=str(user.id), public=public)


class KeyNameQueries(Protocol):
    """The keys of groups and audiences, as they are now."""

    def all(self, at: int, kind: KeyKind, *, public: bool) -> Sequence[KeyNameDocument]:
        """Give every key in the order of the page; with ``public`` those alone that readers may know of.

        They are those of now, and at least those of position ``at``.

        Raises:
            NotYetVisible: if the view does not reflect that position.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What an operator calls a key, and where it stands."""

    name: Text
    position: int = 0


class KeyNames:
    """The commands."""

    def name(
        self,
        log: Log,
        *,
        kind: KeyKind,
        key: str,
        naming: Naming,
        expected_version: int | None,
        caller: Caller,
    ) -> KeyName:
        """Name a key, whether or not anything names it yet.

        Raises:
            VersionConflict: if it is no longer at ``expected_version``.
        """
        names = NAMES[kind]
        provenance = caller.says(log)
        if log.find(names, names.id_of(key)) is None:
            if expected_version:
                raise VersionConflict(f"{kind} {key}", expected=expected_version, version=0, since=[])
            named = names.begin(key=key, name=naming.name, position=naming.position, provenance=provenance)
        else:
            named = load_at(log, names, names.id_of(key), expected_version)
            named.rename(name=naming.name, position=naming.position, provenance=provenance)
        log.save(named)
        return named


def key_name_document(named: KeyName) -> KeyNameDocument:
    """Write a key that an operator named."""
    return {"key": named.key, "name": dict(named.name), "position": named.position, "version": named.version}


def require_known_key(what: str, key: str, known: Iterable[str]) -> None:
    """Refuse a filter by a key that the caller does not know; pass only those that he may know of.

    Raises:
        Invalid: naming the nearest of them.
    """
    keys = list(known)
    if key not in keys:
        raise Invalid(f"there is no {what} {key[:100]}{did_you_mean(key, keys)}", pointer=f"/{what}")
