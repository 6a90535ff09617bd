"""Lines of a body that are no held requests, and by what name each is refused."""

from __future__ import annotations

from typing import Any

from tests.api.panel_steps import NOBODY

Json = dict[str, Any]

LINE_LIMIT = 64 * 1024
GOOD, MALFORMED, INVALID, TOO_LARGE = "good", "malformed", "invalid", "too_large"
WRONG: list[tuple[Json, str]] = [
    ({"source": "a\x00b"}, "/source"),
    ({"source": ""}, "/source"),
    ({"source": "x" * 256}, "/source"),
    ({"source": 7}, "/source"),
    ({"source": None}, "/source"),
    ({"reference": "\x1f"}, "/reference"),
    ({"reference": ["a"]}, "/reference"),
    ({"reference": "a\nb"}, "/reference"),
    ({"kind": "Order"}, "/kind"),
    ({"kind": "order\x00"}, "/kind"),
    ({"kind": "x" * 65}, "/kind"),
    ({"kind": "órdenes"}, "/kind"),
    ({"digest": "0" * 63}, "/digest"),
    ({"digest": "0" * 65}, "/digest"),
    ({"digest": "g" * 64}, "/digest"),
    ({"digest": "md5:" + "0" * 32}, "/digest"),
    ({"digest": None}, "/digest"),
    ({"received_at": "2025-03-04T07:30:00"}, "/received_at"),
    ({"received_at": "2025-03-04"}, "/received_at"),
    ({"received_at": 1741073400}, "/received_at"),
    ({"received_at": "9999-12-31T23:59:59-14:00"}, "/received_at"),
    ({"summary": "a\x00b"}, "/summary"),
    ({"summary": "x" * 501}, "/summary"),
    ({"summary": {}}, "/summary"),
    ({"cause": "nobody"}, "/cause"),
    ({"cause": {"type": "flood", "id": NOBODY}}, "/cause"),
    ({"cause": {"type": "incident"}}, "/cause"),
    ({"cause": {"type": "incident", "id": "7"}}, "/cause"),
    ({"cause": NOBODY}, "/cause"),
    ({"cause": []}, "/cause"),
    ({"more": 1}, "/more"),
]
BROKEN: list[tuple[bytes, str]] = [
    (b"no JSON", MALFORMED),
    (b'{"source": "a"', MALFORMED),
    (b'{"source": "a\xff"}', MALFORMED),
    (b'{"source": "a\x00"}', MALFORMED),
    (b"\x00", MALFORMED),
    (b'{"source": "\\ud800"}', MALFORMED),
    (b"\xef\xbb\xbf{}", INVALID),
    (b"\xff\xfe{\x00}\x00", MALFORMED),
    (b"[" * 5_000 + b"]" * 5_000, MALFORMED),
    (b'{"source": ' + b'{"a":' * 3_000 + b"1" + b"}" * 3_001, MALFORMED),
    (b"[]", INVALID),
    (b'"a"', INVALID),
    (b"null", INVALID),
    (b"{}", INVALID),
    (b"x" * 200_000, TOO_LARGE),
]
