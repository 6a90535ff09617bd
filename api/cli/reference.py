"""The reference of the interface: the tables of ``api/README.md``, written from the code.

``python -m api.cli.reference`` rewrites them. The text around the tables is written by hand; a table stands between
``<!-- name -->`` and ``<!-- /name -->``.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from api.cli.program import app as command_line
from api.http.problems import code_of
from api.main import create_app
from application.errors import ApplicationError
from domain.access.keyring import Role
from domain.errors import DomainError
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import PREFIX, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    # Typer carries click inside.
    from typer._click.core import Command

Json = dict[str, Any]

README = Path(__file__).parents[1] / "README.md"
EVERY_READ = frozenset({"lang", "as_of", "at", "min_position", "zone"})
"""Query parameters that the text explains once, for every route that has them."""
EVERY_COMMAND = frozenset({"database"})
"""Options that the text explains once, for every command."""
UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)), ("s", timedelta(seconds=1)))
DESCRIPTION = (("GET", "/docs"), ("GET", "/openapi.json"))
"""The routes of the description itself, which are not in it."""


def filled(text: str) -> str:
    """Give the reference with each of its tables written anew; ``text`` is the reference as it is.

    Raises:
        LookupError: if ``text`` has no place for a table.
    """
    for name, table in tables().items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not place.search(text):
            raise LookupError(f"the reference has no place for the table of {name}")
        text = place.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)  # type: ignore[misc]
    return text


def tables() -> dict[str, str]:
    """Write each table as Markdown, by name."""
    description = create_app(Bitacora(Settings())).openapi()
    return {
        "routes": routes(description),
        "errors": errors(description),
        "facts": facts(description),
        "settings": settings(),
        "commands": "\n".join(commands(typer.main.get_command(command_line), "bitacora")),
    }


def routes(description: Mapping[str, Any]) -> str:
    """List the routes of each tag with the roles that may call them, but for the admin, who may call every route."""
    sections: dict[str, list[str]] = {tag["name"]: [] for tag in description["tags"]}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            place = f"{method.upper()} {path}{_query(operation)}"
            what = operation["description"].partition("\n")[0]
            sections[operation["tags"][0]].append(f"| `{place}` | {', '.join(_roles(operation))} | {_cell(what)} |")
    sections["operations"] += [
        f"| `{method} {path}` | {Role.READER} | The description of the interface. |" for method, path in DESCRIPTION
    ]
    written = []
    for tag in description["tags"]:
        head = f"### {tag['name'].capitalize()}\n\n{tag['description']}\n"
        written.append("\n".join([head, "| route | role | what it does |", "|---|---|---|", *sections[tag["name"]]]))
    return "\n\n".join(written)


def errors(description: Mapping[str, Any]) -> str:
    """List the codes of refusals by status."""
    meanings = {code_of(each): (each.__doc__ or "").partition("\n")[0] for each in refusals()}
    rows = ["| status | code | when |", "|---|---|---|"]
    for status, answer in sorted(_problems(description).items()):
        text, _, listed = answer["description"].partition(" Codes: ")
        rows += [
            f"| {status} | `{code}` | {_cell(meanings.get(code, text))} |" for code in re.findall(r"`(\w+)`", listed)
        ]
    return "\n".join(rows)


def facts(description: Mapping[str, Any]) -> str:
    """List the members of a problem document that have an explanation."""
    schemas = description["components"]["schemas"]
    members = schemas["Problem"]["properties"] | schemas["StaleProblem"]["properties"]
    rows = [
        f"| `{name}` | {_cell(member['description'])} |" for name, member in members.items() if "description" in member
    ]
    return "\n".join(["| member | what it says |", "|---|---|", *rows])


def refusals() -> Iterator[type[Exception]]:
    """Walk every refusal that the program has, in whichever module it stands."""
    waiting: list[type[Exception]] = [DomainError, ApplicationError]
    for kind in waiting:
        waiting += kind.__subclasses__()
        yield kind


def settings() -> str:
    """List the settings with their defaults."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | `{_default(field.default)}` | {_cell(field.description or '')} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | what it sets |", "|---|---|---|", *rows])


def commands(command: Command, name: str) -> Iterator[str]:
    """Describe a command and those under it, each with its arguments and options."""
    under: Mapping[str, Command] = getattr(command, "commands", {})
    for word, inner in under.items():
        yield from commands(inner, f"{name} {word}")
    if under:
        return
    own = [each for each in command.params if each.name not in EVERY_COMMAND]
    yield f"- `{name}{''.join(f' {_parameter(each)}' for each in own)}`: {(command.help or '').partition(chr(10))[0]}"
    for each in own:
        explained = getattr(each, "help", None)
        if explained:
            yield f"  - `{_parameter(each).strip('[]').removesuffix('…')}`: {explained.rstrip('.')}."


def _parameter(parameter: Any) -> str:  # noqa: ANN401 - an argument or an option, of a class that Typer keeps to itself
    if parameter.param_type_name == "option":
        value = "" if parameter.is_flag else f" {parameter.name.upper()}"
        named = f"{parameter.opts[0]}{value}"
    else:
        named = parameter.name.upper() + ("…" if parameter.nargs == -1 else "")
    return named if parameter.required else f"[{named}]"


def _problems(description: Mapping[str, Any]) -> dict[str, Json]:
    """Find, by status, the problems that the operations refer to."""
    found: dict[str, Json] = {}
    for operations in description["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                name = answer.get("$ref", "").rpartition("/")[2]
                if name:
                    found[status] = description["components"]["responses"][name]
    return found


def _query(operation: Mapping[str, Any]) -> str:
    names = [each["name"] for each in operation["parameters"] if each.get("in") == "query"]
    own = [name for name in names if name not in EVERY_READ]
    return f"?{'&'.join(own)}" if own else ""


def _roles(operation: Mapping[str, Any]) -> Iterable[str]:
    said = operation["description"].rpartition("\n")[2]
    if said.startswith("Roles: everybody"):
        return [Role.READER]
    return [role for role in re.findall(r"`(\w+)`", said) if role != Role.ADMIN] or [Role.ADMIN]


def _default(value: Any) -> str:  # noqa: ANN401 - the default of any setting
    if isinstance(value, timedelta):
        return next(f"{value // unit}{name}" for name, unit in UNITS if not value % unit)
    if isinstance(value, dict):
        return ",".join(f"{name}={each}" for name, each in value.items())
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("``", "`")


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
