"""What the description of the interface says of previews, which a command answers in place of its own answer."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from api.audit.sealed_description import describe_sealed_pages
from api.http.openapi_answers import HEADER_REFERENCE
from api.notifications.webhook_description import describe_webhooks
from application.notifications.preview import NotificationPreview

Json = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
MEMBER = "preview"
JSON = "application/json"
ALWAYS = ("Bitacora-Position", "X-Request-Id")


def describe_the_rest(found: Json) -> Json:
    """Describe all that no route says itself: previews, webhooks, and sealed pages."""
    return describe_previews(describe_webhooks(describe_sealed_pages(found)))


def describe_previews(found: Json) -> Json:
    """Add the answer to a preview to each command that has one."""
    schema = TypeAdapter(NotificationPreview).json_schema(ref_template=REFERENCE)
    components = found["components"]
    schemas = {**components["schemas"], **schema.pop("$defs", {}), "NotificationPreview": schema}
    paths = {
        path: {method: _previewed(operation) for method, operation in item.items()}
        for path, item in found["paths"].items()
    }
    return {
        **found,
        "paths": paths,
        "components": {**components, "schemas": dict(sorted(schemas.items()))},
    }


def _previewed(operation: Json) -> Json:
    if not any(each.get("name") == MEMBER for each in operation.get("parameters", ())):
        return operation
    preview = {"$ref": REFERENCE.format(model="NotificationPreview")}
    responses: Json = operation["responses"]
    done = responses.get("200")
    if done is None:
        headers = {name: {"$ref": f"{HEADER_REFERENCE}{name}"} for name in ALWAYS}
        content = {JSON: {"schema": preview}}
        answered = {"description": "Nothing was done: it was a preview.", "headers": headers, "content": content}
    else:
        own = done["content"][JSON]["schema"]
        answered = {**done, "content": {**done["content"], JSON: {"schema": {"anyOf": [own, preview]}}}}
        # A preview has no version.
        answered["headers"] = {name: _optional(each) for name, each in done.get("headers", {}).items()}
    return {**operation, "responses": dict(sorted({**responses, "200": answered}.items()))}


def _optional(header: Json) -> Json:
    return {name: each for name, each in header.items() if name != "required"}
