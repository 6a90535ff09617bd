"""Reads a message with the models of slack_sdk, which hold each part of it against the limits of Slack."""

from __future__ import annotations

import json
from typing import Any

from slack_sdk.models.blocks import Block, RichTextBlock


def read(body: str) -> dict[str, Any]:
    """Parse and validate the blocks, and give their types and what they are written as again."""
    message = json.loads(body)
    blocks = Block.parse_all(message["blocks"])
    for block in blocks:
        block.validate_json()
    written = [block.to_dict() for block in blocks]
    return {
        "types": [block.type for block in blocks],
        "known": all(type(block) is not Block for block in blocks),
        "same": [sorted(each) for each in written] == [sorted(each) for each in message["blocks"]],
        "rich": [element.type for block in blocks if isinstance(block, RichTextBlock) for element in block.elements],
    }
