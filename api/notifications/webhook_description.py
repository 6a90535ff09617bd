"""What the description of the interface says of webhooks, which we send and nobody asks for."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from api.notifications.letters.webhook import (
    IncidentNotification,
    Notification,
    RestorationNotification,
    WindowNotification,
)

Json = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
NAMES = {
    "incident": IncidentNotification,
    "maintenance_window": WindowNotification,
    "restoration": RestorationNotification,
}
DESCRIPTION = (
    "Sent to the address of a registered endpoint, signed as [Standard Webhooks](https://www.standardwebhooks.com)"
    " says. The same `webhook-id` with the same body may come more than once: handle it once."
)
HEADERS = {
    "webhook-id": "The id of the delivery: the same at each attempt.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "One signature or several, separated by blanks: `v1,` and a base64 of HMAC-SHA-256.",
}
RESPONSES: Json = {
    "2XX": {"description": "It arrived. The body of the answer is not read."},
    "410": {"description": "The endpoint is gone: nothing more is sent to it."},
    "default": {"description": "It is sent again later, after `Retry-After` if that is named."},
}


def describe_webhooks(found: Json) -> Json:
    """Add the webhooks, and the shapes of their bodies."""
    schema = TypeAdapter(Notification).json_schema(ref_template=REFERENCE, mode="serialization")
    components = found["components"]
    # What routes answer with is described already.
    schemas = {name: _untitled(each) for name, each in schema["$defs"].items()} | components["schemas"]
    return {
        **found,
        "webhooks": {name: {"post": _operation(name, shape.__qualname__)} for name, shape in NAMES.items()},
        "components": {**components, "schemas": dict(sorted(schemas.items()))},
    }


def _operation(name: str, model: str) -> Json:
    return {
        "operationId": f"receive_{name}_notification",
        "tags": [{"incident": "incidents", "maintenance_window": "maintenance", "restoration": "restorations"}[name]],
        "summary": f"Something happened to a public {name.replace('_', ' ')}",
        "description": DESCRIPTION,
        "parameters": [
            {"name": header, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for header, text in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": REFERENCE.format(model=model)}}},
        },
        "responses": RESPONSES,
    }


def _untitled(schema: Any) -> Any:  # noqa: ANN401 - a piece of a schema
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _untitled(each) for name, each in schema.items() if not (name == "title" and isinstance(each, str))}
