"""Subscribes to feeds with reader: ``reader==3.26``, ``sgmllib3k==1.0.0``."""

from reader import Reader, make_reader  # type: ignore[import-not-found]  # in their environment alone

_readers: dict[str, Reader] = {}
"""By address: a subscription goes on from question to question."""


def read(address: str) -> dict[str, object]:
    """Update the subscription of a feed, and give what is new to the reader, and all that he has."""
    reader = _readers.get(address)
    if reader is None:
        reader = _readers[address] = make_reader(":memory:")
        reader.add_feed(address)
    found = reader.update_feed(address)
    again = reader.update_feed(address)
    feed = reader.get_feed(address)
    entries = sorted(reader.get_entries(), key=lambda entry: entry.published, reverse=True)
    new = [entry for entry in entries if not entry.read]
    for entry in new:
        reader.mark_entry_as_read(entry)
    return {
        "faulty": f"{feed.last_exception.value_str}" if feed.last_exception else "",
        "format": feed.version,
        "title": feed.title,
        "page": feed.link,
        "new": len(new),
        "counted_as_new": found.new if found else 0,
        "new_again": again.new if again else 0,
        "entries": [
            {
                "id": entry.id,
                "title": entry.title,
                "link": entry.link,
                "html": entry.get_content().value,
                "published": list(entry.published.utctimetuple())[:6],
                "updated": list((entry.updated or entry.published).utctimetuple())[:6],
            }
            for entry in entries
        ],
    }
