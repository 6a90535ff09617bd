"""Reads feeds with feedparser: ``feedparser==6.0.14``, ``sgmllib3k==1.0.0``."""

import feedparser  # type: ignore[import-not-found]  # in their environment alone

JSON_FEED = "application/feed+json"


def read(address: str) -> dict[str, object]:
    """Give what it understood of a feed in Atom or RSS, and whether it is asked for again for nothing."""
    feed = feedparser.parse(address)
    again = feedparser.parse(address, etag=feed.get("etag"), modified=feed.get("modified"))
    return {
        # Whatever it warns of sets the flag.
        "faulty": f"{feed.get('bozo_exception', '')}" if feed.bozo else "",
        "format": feed.version,
        "title": feed.feed.title,
        "page": feed.feed.link,
        "self": next(link.href for link in feed.feed.links if link.rel == "self"),
        "language": feed.feed.language.lower(),
        "not_modified": again.status == 304,
        "entries": [
            {
                "id": entry.id,
                "title": entry.title,
                "link": entry.link,
                "html": entry.content[0].value if "content" in entry else entry.summary,
                "published": list(entry.published_parsed)[:6],
                "updated": list(entry.updated_parsed)[:6],
            }
            for entry in feed.entries
        ],
    }
