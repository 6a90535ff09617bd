"""Components, panels and groups as Statuspage has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.statuspage import ids
from api.statuspage.stamps import FIRST, latest, stamp
from application.texts import translatable
from domain.impact import Status, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.site.kernel.languages import Speech
    from api.statuspage.documents import StatuspageComponent

NOT_KNOWN = translatable("Status not known")
NOT_KNOWN_OF = translatable("Status not known. %(description)s")
PANELS = translatable("Panels")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The components and panels of a site; the documents by the keys of ours, with their groups in the answer."""

    answer: list[StatuspageComponent]
    """Groups, each before what is in it."""
    components: Mapping[str, StatuspageComponent]
    panels: Mapping[str, StatuspageComponent]
    names: Mapping[str, str] = field(default_factory=dict)
    """By the key of a component, one that is retired too: what it is called, with its group."""
    panel_names: Mapping[str, str] = field(default_factory=dict)

    def of(self, keys: Iterable[str]) -> list[StatuspageComponent]:
        """Give those of some components that are on the page, in its order."""
        wanted = set(keys)
        return [each for key, each in self.components.items() if key in wanted]


def status_shown(status: str) -> str:
    """Give the status that Statuspage has for one of ours: it has none for what is not known."""
    return str(Status.DEGRADED_PERFORMANCE) if status == Status.UNKNOWN else status


def list_components(material: Mapping[str, Any], speech: Speech) -> Listed:
    """Write the components and the panels of the material of an answer, in the language of ``speech``."""
    board = material["board"]
    named = {each["key"]: each["name"] for each in material["groups"]}
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in board["components"]:
        groups.setdefault(each["group"], []).append(each)
    ordered = [*(key for key in named if key in groups), *(key for key in groups if key not in named)]
    answer: list[StatuspageComponent] = []
    components: dict[str, StatuspageComponent] = {}
    for key in ordered:
        members = {
            each["key"]: _component(each, place, ids.code("group", key), material["vouched_from"], speech)
            for place, each in enumerate(groups[key], 1)
        }
        statuses = [each["status"] for each in groups[key]]
        answer += _group(ids.code("group", key), named.get(key) or speech.key(key), members, statuses, answer, speech)
        components |= members
    panels = {
        each["key"]: _panel(each, place, material["registered_at"], speech)
        for place, each in enumerate(board["panels"], 1)
    }
    if panels:
        statuses = [each["status"] for each in board["panels"]]
        answer += _group(ids.PANELS, speech.text(PANELS), panels, statuses, answer, speech)
    return Listed(
        answer=answer,
        components=components,
        panels=panels,
        names={
            each["key"]: _with_group(named.get(each["group"]) or speech.key(each["group"]), each["name"])
            for each in material["components"]
        },
        panel_names={key: _with_group(speech.text(PANELS), each["name"]) for key, each in panels.items()},
    )


def _component(
    component: Mapping[str, Any], position: int, group: str, vouched_from: Mapping[str, str], speech: Speech
) -> StatuspageComponent:
    key = component["key"]
    created_at = vouched_from.get(key)
    return _document(
        id=ids.code("component", key),
        name=component["name"] or speech.key(key),
        status=component["status"],
        created_at=FIRST if created_at is None else stamp(created_at),
        updated_at=latest(created_at, component["status_since"]),
        position=position,
        description=_description(component["status"], component["description"], speech),
        start_date=component["since"],
        group_id=group,
        showcase=True,
    )


def _panel(
    panel: Mapping[str, Any], position: int, registered_at: Mapping[str, str], speech: Speech
) -> StatuspageComponent:
    key = panel["key"]
    created_at = registered_at.get(key)
    return _document(
        id=ids.code("panel", key),
        name=panel["name"] or speech.key(key),
        status=panel["status"],
        created_at=FIRST if created_at is None else stamp(created_at),
        updated_at=latest(created_at, panel["status_since"]),
        position=position,
        description=_description(panel["status"], None, speech),
        group_id=ids.PANELS,
    )


def _group(
    id: str,
    name: str,
    members: Mapping[str, StatuspageComponent],
    statuses: list[str],
    before: list[StatuspageComponent],
    speech: Speech,
) -> list[StatuspageComponent]:
    """Write a group and its members, whose ``statuses`` are ours; its place is behind the groups ``before``."""
    inside = list(members.values())
    status = worst(Status(each["status"]) for each in inside)
    group = _document(
        id=id,
        name=name,
        status=str(status),
        created_at=min(each["created_at"] for each in inside),
        updated_at=max(each["updated_at"] for each in inside),
        position=1 + sum(each["group"] for each in before),
        description=None if str(status) in {*statuses, Status.OPERATIONAL} else speech.text(NOT_KNOWN),
        is_group=True,
    )
    group["components"] = [each["id"] for each in inside]
    return [group, *inside]


def _document(
    *,
    id: str,
    name: str,
    status: str,
    created_at: str,
    updated_at: str,
    position: int,
    description: str | None,
    start_date: str | None = None,
    group_id: str | None = None,
    showcase: bool = False,
    is_group: bool = False,
) -> StatuspageComponent:
    return {
        "id": id,
        "name": name,
        "status": status_shown(status),
        "created_at": created_at,
        "updated_at": updated_at,
        "position": position,
        "description": description,
        "showcase": showcase,
        "start_date": start_date,
        "group_id": group_id,
        "page_id": ids.PAGE,
        "group": is_group,
        "only_show_if_degraded": False,
    }


def _description(status: str, description: str | None, speech: Speech) -> str | None:
    if status != Status.UNKNOWN:
        return description or None
    return speech.text(NOT_KNOWN_OF, description=description) if description else speech.text(NOT_KNOWN)


def _with_group(group: str, name: str) -> str:
    return f"{group} - {name}"
