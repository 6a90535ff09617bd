"""Every module has a place in the layout, and no name of the private dialect comes back."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, modules, plant

CAPABILITIES = {
    *("access", "audit", "components", "incidents", "ledger", "maintenance", "panels", "reports", "status"),
    *("subscriptions", "templates"),
}
PLACES: dict[str, dict[str, set[str]]] = {
    "domain": {
        "packages": CAPABILITIES - {"status"},
        "modules": {
            *("aggregate", "comparison", "contact", "errors", "impact", "instants", "key_names", "people", "policy"),
            *("provenance", "text"),
        },
    },
    "application": {
        "packages": CAPABILITIES | {"changes", "notifications", "projections"},
        "modules": {
            *(
                "batches",
                "caller",
                "contacts",
                "digests",
                "document",
                "due_work",
                "durations",
                "errors",
                "events_missed",
                "facade",
                "health",
                "ids",
                "key_names",
            ),
            *("languages", "listings", "log", "memo", "merging", "nearest", "pieces"),
            *(
                "ports",
                "register_view",
                "registry",
                "schema",
                "shapes",
                "targets",
                "texts",
                "timelines",
                "written_times",
            ),
        },
    },
    "infrastructure": {
        "packages": {
            *("checkpoints", "delivery", "event_log", "languages", "oidc", "projections", "queries", "store"),
            *("transparency", "verification"),
        },
        "modules": {
            *("backup", "bootstrap", "clock", "facade_queries", "facade_settings", "health", "log_check", "logging"),
            *("process_tuning", "read_pool", "read_side", "release"),
            *(
                "restore",
                "roles",
                "settings",
                "sign_in_fields",
                "site_fields",
                "stored_sessions",
                "token_cache",
                "zones",
            ),
        },
    },
    "api": {
        "packages": CAPABILITIES
        | {
            "changes",
            "cli",
            "console",
            "demo",
            "feeds",
            "http",
            "ingest",
            "notifications",
            "operations",
            "site",
            "statuspage",
        },
        "modules": {"copied_files", "main", "reference"},
    },
}
"""The packages and modules of each layer: a capability has the same name in all of them, the kernel stands apart."""

# Names that only this program gave to things that have a usual name, or that stood for several things at once.
OLD_MODULES = {
    *("acting", "afterwards", "agenda", "apart", "bulk", "checks", "clock_of", "counted", "covering", "decisions"),
    *("directory", "editions", "facts", "following", "gathering", "handed_in", "handing_in", "held", "inbound"),
    *(
        "interpreter",
        "keeping",
        "keys",
        "leasing",
        "ledgers",
        "lines",
        "loading",
        "logs",
        "looking",
        "mapper",
        "memory",
    ),
    *("middleware", "opening", "overdue", "parts", "pending", "perform", "progress_of", "refusals", "remembered"),
    *("resolved", "responses", "serving", "shortcuts", "sides", "timekeeper", "turns", "views", "visits"),
}
OLD_NAMES = {
    *("Acting", "Agenda", "BookReader", "CheckQueue", "DecisionBook", "Directory", "Doing", "Done", "Edition"),
    *("Editions", "EventLog", "FollowerApart", "Gate", "IncidentBook", "Keys", "Leasing", "Look", "Looks"),
    *("MaintenanceCalendar", "Memory", "PanelMap", "Pending", "Perform", "Remembered", "Service", "Shape", "Shortcut"),
    *("Side", "Taken", "Timekeeper", "Turns", "Visits"),
    *(
        "_attend",
        "_ears",
        "acting_on",
        "all_named",
        "come_due",
        "first_named",
        "last_named",
        "leave_alone_what_is_there",
    ),
    *(
        "look_less_often",
        "looking",
        "looking_back",
        "of_one_building",
        "overhear",
        "rehearse",
        "settle_timer",
        "side_of",
    ),
    *("spoken", "taking_turns", "told"),
}


class TestModules:
    def test_have_a_place_in_the_layout(self) -> None:
        assert list(misplaced(ROOT)) == []

    @pytest.mark.parametrize("module", ["api.looking", "domain.incident.state", "infrastructure.log.writer"])
    def test_are_found_outside_of_it(self, module: str, tmp_path: Path) -> None:
        planted = plant(tmp_path, module, "pass")

        assert list(misplaced(tmp_path)) == [planted]

    def test_have_no_name_of_the_old_words(self) -> None:
        assert list(named_as_before(ROOT)) == []

    @pytest.mark.parametrize("module", ["api.http.looking", "application.ledger.checks", "api.panels.shown_panels"])
    def test_are_found_under_an_old_name(self, module: str, tmp_path: Path) -> None:
        planted = plant(tmp_path, module, "pass")

        assert list(named_as_before(tmp_path)) == [planted]


class TestNames:
    def test_are_none_of_the_old_words(self) -> None:
        assert [f"{path.relative_to(ROOT)}: {name}" for path, name in old_names(ROOT)] == []

    @pytest.mark.parametrize(
        "code", ["class Look: ...", "def come_due() -> None: ...", "body.told(1)", "from api import Gate", "Side = 1"]
    )
    def test_are_found_when_one_comes_back(self, code: str, tmp_path: Path) -> None:
        planted = plant(tmp_path, "api.planted", code)

        assert [path for path, _ in old_names(tmp_path)] == [planted]

    def test_are_not_looked_for_in_texts(self, tmp_path: Path) -> None:
        plant(tmp_path, "api.planted", '"""Say what is told."""  # told')

        assert list(old_names(tmp_path)) == []


class TestHomonyms:
    def test_are_no_two_classes_of_one_name_beside_the_events(self) -> None:
        assert homonyms(ROOT) == {}

    def test_are_found(self, tmp_path: Path) -> None:
        one, other = (
            plant(tmp_path, "domain.one", "class Outcome: ..."),
            plant(tmp_path, "api.two", "class Outcome: ..."),
        )

        assert homonyms(tmp_path) == {"Outcome": sorted([one, other])}


def misplaced(root: Path) -> Iterator[Path]:
    """Walk the modules that stand where the layout has no place."""
    for path in modules(root):
        layer, *rest = path.relative_to(root).with_suffix("").parts
        known = PLACES[layer]["modules"] | {"__init__"} if len(rest) == 1 else PLACES[layer]["packages"]
        if rest[0] not in known:
            yield path


def named_as_before(root: Path) -> Iterator[Path]:
    """Walk the modules that have a name of the old words."""
    for path in modules(root):
        if path.stem in OLD_MODULES or path.stem.startswith("shown_"):
            yield path


def old_names(root: Path) -> Iterator[tuple[Path, str]]:
    """Walk the names in code, not in texts and comments, that are of the old words."""
    for path in modules(root):
        tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
        yield from (
            (path, token.string) for token in tokens if token.type == tokenize.NAME and token.string in OLD_NAMES
        )


def is_event(node: ast.ClassDef) -> bool:
    """Tell an event, which names what is stored, from other classes."""
    targets = [target for each in node.body if isinstance(each, ast.Assign) for target in each.targets]
    return any(isinstance(target, ast.Name) and target.id == "TOPIC" for target in targets)


def homonyms(root: Path) -> dict[str, list[Path]]:
    """Find the public classes that share a name, apart from events, whose aggregate tells them from others."""
    found: dict[str, list[Path]] = {}
    for path in modules(root):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not is_event(node):
                found.setdefault(node.name, []).append(path)
    return {name: sorted(paths) for name, paths in found.items() if len(paths) > 1}
