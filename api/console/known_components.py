"""The components, as screens name them and let one choose among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from api.console.kernel.visit import Visit
    from api.http.forms import FilledForm
    from application.components.documents import ComponentDocument
    from application.document import Localized

FEW = 40
"""Of how many components a form shows all; of more, those of one group, and as many of these at most."""
SHOWN_GROUP = "shown_group"
"""The field of a form in which the group is chosen that it shows."""
CHOSEN, COVERED = "components.", "covers"


@dataclass(frozen=True, kw_only=True)
class ComponentGroup:
    """Some components that stand together on the board; of a large group, a part of them."""

    key: str
    name: Localized | str
    components: Sequence[ComponentDocument]
    part: int = 1
    parts: int = 1

    def in_parts(self) -> Iterator[ComponentGroup]:
        """Give it in parts that are small enough for a form."""
        pieces = [self.components[start : start + FEW] for start in range(0, len(self.components), FEW)]
        for number, piece in enumerate(pieces, start=1):
            key = self.key if number == 1 else f"{self.key}/{number}"
            yield replace(self, key=key, components=piece, part=number, parts=len(pieces))


@dataclass(frozen=True, kw_only=True)
class ComponentChoice:
    """The components that a form shows."""

    shown: Sequence[ComponentGroup]
    groups: Sequence[ComponentGroup] = ()
    """Those of which one is shown at a time; none if all are."""
    elsewhere: Sequence[ComponentDocument] = ()
    """Components of other groups that are chosen already, the first of them."""
    carried: Sequence[ComponentDocument] = ()
    """The rest of those: the form keeps them, and shows them with their group."""

    @property
    def components(self) -> Sequence[ComponentDocument]:
        """All that the form shows."""
        return [*(each for group in self.shown for each in group.components), *self.elsewhere]


@dataclass(frozen=True, kw_only=True)
class KnownComponents:
    """Every component, retired ones too, and the names of their groups."""

    components: Sequence[ComponentDocument]
    groups: Mapping[str, Localized]
    """In their order."""

    @property
    def names(self) -> Mapping[str, Localized]:
        """The name of each, by its key."""
        return {each["key"]: each["name"] for each in self.components}

    @property
    def public(self) -> frozenset[str]:
        """The keys of those that readers see."""
        return frozenset(each["key"] for each in self.components if each["public"])

    def grouped(self, *, without: Iterable[str] = (), also: Iterable[str] = ()) -> list[ComponentGroup]:
        """Give those in use, and ``also`` some that are retired, group by group, in the order of the board."""
        left_out, kept = set(without), set(also)
        places = {key: place for place, key in enumerate(self.groups)}

        def place(component: ComponentDocument) -> tuple[int, str, int, str]:
            group = component["group"]
            return places.get(group, len(places)), group, component["position"], component["key"]

        usable = [
            each
            for each in self.components
            if (each["retired_at"] is None or each["key"] in kept) and each["key"] not in left_out
        ]
        return [
            ComponentGroup(key=key, name=self.groups.get(key) or key, components=list(found))
            for key, found in groupby(sorted(usable, key=place), key=lambda each: each["group"])
        ]

    def choice(
        self,
        visit: Visit,
        form: str,
        *,
        group: str = "",
        chosen: Iterable[str] = (),
        without: Iterable[str] = (),
        also: Iterable[str] = (),
    ) -> ComponentChoice:
        """Give the components that a form of this name shows.

        Of many components it shows those of a ``group``, else of the first one, and those that are ``chosen``, before
        or in the form that was sent.
        """
        groups = self.grouped(without=without, also=also)
        if sum(len(each.components) for each in groups) <= FEW:
            return ComponentChoice(shown=groups)
        if visit.sent.filled is not None and visit.sent.name == form:
            group, typed = visit.sent.filled.text(SHOWN_GROUP) or group, _chosen_in(visit.sent.filled)
            # One that was chosen, and is no longer, stays in the form: so it is known that it was taken away.
            chosen = (*chosen, *typed)
        parts = [part for each in groups for part in each.in_parts()]
        shown = next((each for each in parts if each.key == group), parts[0])
        wanted = set(chosen)
        elsewhere = [each for part in parts if part is not shown for each in part.components if each["key"] in wanted]
        return ComponentChoice(shown=[shown], groups=parts, elsewhere=elsewhere[:FEW], carried=elsewhere[FEW:])


def _chosen_in(form: FilledForm) -> list[str]:
    with_status = [name.removeprefix(CHOSEN) for name in form.names() if name.startswith(CHOSEN) and form.text(name)]
    return [*with_status, *form.choices(COVERED)]


async def read_components(visit: Visit) -> KnownComponents:
    """Read all components, and the names of their groups."""
    components, groups = await visit.api.read_all("/v1/components", "/v1/groups")
    return KnownComponents(components=components["data"], groups={each["key"]: each["name"] for each in groups["data"]})
