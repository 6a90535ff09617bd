"""URLs of PostgreSQL databases."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

SECRETS = frozenset({"password", "sslpassword", "oauth_client_secret"})
"""The parameters that are never shown."""
IN_PLACE = frozenset({"user", "host", "port", "dbname"})


def without_password(url: str) -> str:
    """Write a URL of the same database without what is secret in it."""
    try:
        named = {name: str(value) for name, value in conninfo_to_dict(url).items() if name not in SECRETS}
    except psycopg.Error:
        return "a PostgreSQL database whose URL cannot be read"
    if not named.get("port", "").strip(","):
        # Of several hosts, each has the usual one.
        named.pop("port", None)
    hosts, ports = named.get("host", ""), named.get("port", "")
    others = {name: value for name, value in named.items() if name not in IN_PLACE}
    if any(mark in hosts for mark in "/,:@") or "," in ports:
        # A folder of sockets, or more than one host.
        others |= {name: named[name] for name in ("host", "port") if name in named}
        hosts = ports = ""
    user = f"{quote(named['user'], safe='')}@" if "user" in named else ""
    place = f"{user}{hosts}{f':{ports}' if ports else ''}"
    query = f"?{urlencode(others, safe='/,:')}" if others else ""
    return f"postgresql://{place}/{quote(named.get('dbname', ''), safe='')}{query}"


def is_readable(url: str) -> bool:
    """Tell whether a URL can be read; an error of the driver would repeat parts of a password with odd characters."""
    try:
        ports = str(conninfo_to_dict(url).get("port", ""))
    except psycopg.Error:
        return False
    return all(port.isascii() and port.isdigit() for port in ports.split(",") if port)
