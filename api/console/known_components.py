"""The components, as screens name them and let one choose among them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.console.kernel.visit import Visit
    from application.components.documents import ComponentDocument
    from application.document import Localized

FEW = 40
"""Of how many components a form shows all; of more, those of one group."""


@dataclass(frozen=True, kw_only=True)
class ComponentGroup:
    """Some components that stand together on the board."""

    key: str
    name: Localized | str
    components: Sequence[ComponentDocument]


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

    def grouped(self, *, without: Iterable[str] = ()) -> list[ComponentGroup]:
        """Give those in use, group by group, in the order of the board."""
        left_out = set(without)
        places = {key: place for place, key in enumerate(self.groups)}

        def place(component: ComponentDocument) -> tuple[int, str, int, str]:
            group = component["group"]
            return places.get(group, len(places)), group, component["position"], component["key"]

        usable = [each for each in self.components if each["retired_at"] is None and each["key"] not in left_out]
        return [
            ComponentGroup(key=key, name=self.groups.get(key) or key, components=list(found))
            for key, found in groupby(sorted(usable, key=place), key=lambda each: each["group"])
        ]

    def to_choose(
        self, wanted: str, *, without: Iterable[str] = ()
    ) -> tuple[list[ComponentGroup], list[ComponentGroup]]:
        """Give the groups whose components a form shows, and all there are to choose among if that are too many.

        Of many components it shows those of the ``wanted`` group, else of the first.
        """
        groups = self.grouped(without=without)
        if sum(len(each.components) for each in groups) <= FEW:
            return groups, []
        chosen = [each for each in groups if each.key == wanted] or groups[:1]
        return chosen, groups


async def read_components(visit: Visit) -> KnownComponents:
    """Read all components, and the names of their groups."""
    components, groups = await visit.api.read_all("/v1/components", "/v1/groups")
    return KnownComponents(components=components["data"], groups={each["key"]: each["name"] for each in groups["data"]})
