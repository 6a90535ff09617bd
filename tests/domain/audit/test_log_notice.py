"""What happened to the log as a whole."""

from domain.audit.log_notice import LogNotice
from tests.domain.assertions import recorded
from tests.domain.builders import ana, at

OLD, NEW = "b2xk", "bmV3"


class TestKeyNotice:
    def test_names_both_keys(self) -> None:
        notice = LogNotice.rotate_key(key=NEW, previous=OLD, provenance=ana(at("10:00")))

        assert recorded(notice) == ["log.key_rotated"]

    def test_is_one_for_each_key(self) -> None:
        first = LogNotice.rotate_key(key=NEW, previous=OLD, provenance=ana(at("10:00")))
        again = LogNotice.rotate_key(key=NEW, previous="b3RoZXI=", provenance=ana(at("11:00")))
        other = LogNotice.rotate_key(key=OLD, previous=NEW, provenance=ana(at("11:00")))

        assert first.id == again.id == LogNotice.id_of_key(NEW)
        assert other.id != first.id
