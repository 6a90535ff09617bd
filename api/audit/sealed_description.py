"""What the description of the interface says of sealed pages, which are answered before any route."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from api.audit.sealed_pages import MEMBER, ROUTES, SEALED
from api.http.openapi_problems import named
from application.audit.sealing import SealedPage

Json = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
PARAMETER: Json = {
    "name": MEMBER,
    "in": "query",
    "description": "With `as_of`, for auditors: the answer as of then in one file, with the events that it follows"
    " from, the proofs that they are in the log, and a signature. `bitacora verify --export` checks it without the"
    " service. Pages (`/en/`, `/en/incidents/…`, `/en/maintenance/…`, `/en/panels/…`) take it as well. The file has the"
    " events as they are stored, private ones too: you decide whom you give it to.",
    "schema": {"type": "boolean"},
}


def describe_sealed_pages(found: Json) -> Json:
    """Add the member of the query, and the answer, to what can be sealed."""
    adapter = TypeAdapter(SealedPage)
    schema = adapter.json_schema(ref_template=REFERENCE)
    schemas = {**schema.pop("$defs", {}), "SealedPage": schema}
    components = found["components"]
    paths = {path: _sealed(item) if path in ROUTES else item for path, item in found["paths"].items()}
    return {
        **found,
        "paths": paths,
        "components": {
            **components,
            "schemas": dict(sorted((components["schemas"] | schemas).items())),
            "parameters": {**components["parameters"], "Sealed": PARAMETER},
        },
    }


def _sealed(item: Json) -> Json:
    operation = item["get"]
    answer = operation["responses"]["200"]
    content = {**answer["content"], SEALED: {"schema": {"$ref": REFERENCE.format(model="SealedPage")}}}
    parameters = [*operation["parameters"], {"$ref": "#/components/parameters/Sealed"}]
    # Whoever may read the answer may not always have it sealed.
    responses = {**operation["responses"], "200": {**answer, "content": content}, "403": named(HTTPStatus.FORBIDDEN)}
    responses = dict(sorted(responses.items()))
    return {**item, "get": {**operation, "parameters": parameters, "responses": responses}}
