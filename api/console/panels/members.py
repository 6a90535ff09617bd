"""Members of bodies that only forms about panels and restorations have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.console.kernel.fields import LEFT_OUT, MOST_DIGITS, FieldFault, FormBody, Member, flag, read_instant, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.console.kernel.fields import Filled

POLICY = FormBody((text("policy"), text("deadline"), flag("four_eyes")))
NEW_KIND = "new_kind"
"""The field with the kind of request for which the last row of the policies is."""
NEW_POLICY = "new_policy"


def day_or_instant(name: str) -> Member:
    """Read a day, or a moment of it by the clocks of the person: ``expected.day`` and ``expected.time``."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        day, time = filled.form.text(f"{at}.day"), filled.form.text(f"{at}.time")
        if time and not day:
            raise FieldFault(f"{at}.day", "Enter the day, too.")
        if not time:
            return day or LEFT_OUT
        return read_instant(f"{day}T{time}", filled.zone, at)

    return Member(name, read)


def changes(name: str) -> Member:
    """Read what changes of a text in several languages: an emptied field takes its language away."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        beginning = f"{at}."
        names = [each for each in filled.form.names() if each.startswith(beginning)]
        found = {each.removeprefix(beginning): filled.form.text(each) or None for each in names}
        return found or LEFT_OUT

    return Member(name, read)


def numbers(name: str) -> Member:
    """Read an object whose members are whole numbers, those that were filled in: ``counts.orders``."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        beginning = f"{at}."
        names = [each for each in filled.form.names() if each.startswith(beginning) and filled.form.text(each)]
        return {each.removeprefix(beginning): _whole(filled.form.text(each), each) for each in names} or LEFT_OUT

    return Member(name, read)


def stages(name: str) -> Member:
    """Read how many accounts are at each stage, ``stages.restored.accounts``, and their grades, one a line."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        found: dict[str, object] = {}
        for field in filled.form.names():
            if not (field.startswith(f"{at}.") and field.endswith(".accounts") and filled.form.text(field)):
                continue
            stage = field.removeprefix(f"{at}.").removesuffix(".accounts")
            grades = _grades(filled, f"{at}.{stage}.grades")
            accounts = _whole(filled.form.text(field), field)
            found[stage] = {"accounts": accounts, "grades": grades} if grades else accounts
        return found or LEFT_OUT

    return Member(name, read)


def pairs_of_words(name: str, first: str, second: str) -> Member:
    """Read a list of objects, one a line: what stands before the first blank is ``first``, the rest is ``second``."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        lines = [line.split(maxsplit=1) for line in filled.form.text(at).split("\n") if line.strip()]
        short = next((words[0] for words in lines if len(words) < len((first, second))), None)
        if short is not None:
            raise FieldFault(at, f"After “{short}” the {second} is missing. Write both on each line.")
        return [{first: words[0], second: words[1].strip()} for words in lines] or LEFT_OUT

    return Member(name, read)


def resolutions(name: str, collisions: Iterable[Mapping[str, str]]) -> Member:
    """Read what becomes of each collision: ``outcome.3`` of the fourth, else ``all.invoice`` of its kind."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        found: list[object] = []
        for place, each in enumerate(collisions):
            own, of_kind = f"outcome.{place}", f"all.{each['kind']}"
            if outcome := filled.form.text(own) or filled.form.text(of_kind):
                filled.moved[f"{at}.{len(found)}"] = own if filled.form.text(own) else of_kind
                found.append({"kind": each["kind"], "number": each["number"], "outcome": outcome})
        return found or LEFT_OUT

    return Member(name, read)


def request_policies(name: str) -> Member:
    """Read policies by the kind of request, ``request_policies.order.policy``; one that is taken away is null."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        names = [field for field in filled.form.names() if field.startswith(f"{at}.") and field.endswith(".policy")]
        kinds = [field.removeprefix(f"{at}.").removesuffix(".policy") for field in names]
        found = {kind: _policy(filled, f"{at}.{kind}") for kind in kinds}
        if new := filled.form.text(NEW_KIND):
            filled.moved[f"{at}.{new}"] = NEW_POLICY
            found[new] = _policy(filled, NEW_POLICY)
        return found

    return Member(name, read)


def _policy(filled: Filled, at: str) -> Mapping[str, Any] | None:
    if filled.form.text(f"{at}.remove"):
        return None
    return POLICY.read(filled, f"{at}.")[0]


def _grades(filled: Filled, at: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in filled.form.text(at).split("\n"):
        grade, colon, accounts = line.rpartition(":")
        if not line.strip():
            continue
        if not colon or not grade.strip():
            raise FieldFault(at, "Write each grade on a line of its own, as in: complete: 20")
        found[grade.strip()] = _whole(accounts.strip(), at)
    return found


def _whole(written_as: str, at: str) -> int:
    if not (written_as.isascii() and written_as.isdigit() and len(written_as) <= MOST_DIGITS):
        raise FieldFault(at, "Enter a whole number.")
    return int(written_as)
