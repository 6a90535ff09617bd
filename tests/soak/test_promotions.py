"""A standby is promoted under load, again and again: nothing acknowledged is lost, and nothing happens twice."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic

from tests.api.notifications.receiver import WebhookReceiver, webhook_receiver
from tests.e2e.clients import Crowd
from tests.e2e.mirror import Mirror, mirrored
from tests.e2e.proof import assert_sound
from tests.e2e.server import eventually
from tests.e2e.trials import TIMES
from tests.postgres_server import controlled_server
from tests.soak.fleet import fleet_of
from tests.soak.pace import Pace
from tests.standby_server import Standby

BACK_SECONDS = 10.0
"""How long after a promotion commands may be refused."""
WRITTEN = 30
"""How many commands are acknowledged before the primary is killed."""
LONGEST_SECONDS = 1.0
ROUNDS = 5
"""After how many promotions all rows of the views are looked at: none is overwritten, so that a wrong one stays."""


class Pair:
    """Two servers, one of which follows the other; the primary commits what both have."""

    def __init__(self, primary: Standby, standby: Standby) -> None:
        self.primary, self.standby = primary, standby
        self.wait_for_standby()

    def url(self, database: str) -> str:
        """Give the URL of a database, on whichever of them takes writes."""
        hosts = ",".join(str(each.folder) for each in sorted((self.primary, self.standby), key=lambda it: it.folder))
        return f"postgresql://postgres@/{database}?host={hosts}&target_session_attrs=read-write"

    def promote(self) -> float:
        """Kill the primary, and promote the standby, which waits for nobody; give the moment when that was done."""
        self.primary.stop()
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary
        self._commit_with("")
        return monotonic()

    def repair(self) -> None:
        """Make the one that was killed a standby of the other."""
        self.standby.follow(self.primary)
        self.wait_for_standby()

    def wait_for_standby(self) -> None:
        """Let every commit wait until the standby has it, from now on."""
        self._commit_with("*")
        eventually(lambda: self.primary.is_true("SELECT true FROM pg_stat_replication WHERE sync_state = 'sync'"))
        self.standby.caught_up()

    def _commit_with(self, names: str) -> None:
        self.primary.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.primary.execute("SELECT pg_reload_conf()")


@contextmanager
def paired() -> Iterator[Pair]:
    """Run two servers."""
    with controlled_server() as first:
        primary = Standby(first, "one")
        try:
            primary.promote()
            first.crash()
            standby = Standby(primary, "two")
            try:
                yield Pair(primary, standby)
            finally:
                standby.remove()
        finally:
            primary.remove()


def test_promotions_lose_nothing_acknowledged_and_repeat_nothing(
    tmp_path: Path, folder: Path, process_environment: Mapping[str, str], pace: Pace, seed: int
) -> None:
    chance = Random(seed)
    with paired() as pair:
        pair.primary.execute("CREATE DATABASE bitacora")
        database = pair.url("bitacora")
        environment = {**process_environment, **TIMES, "BITACORA_WEBHOOK_ALLOW_PRIVATE": "true"}
        with (
            webhook_receiver() as receiver,
            fleet_of(2, database, tmp_path, environment) as fleet,
            mirrored(database, folder) as mirror,
        ):
            admin = fleet.serving[0].admin()
            for component in Crowd.components():
                assert fleet.serving[0].client.post("/v1/components", json=component, headers=admin).is_success
            endpoint = {"channel": "webhook", "url": receiver.url, "name": "Everything", "language": "en"}
            made = fleet.serving[0].client.post("/v1/endpoints", json=endpoint, headers=admin)
            assert made.status_code == 201, made.text
            crowd = Crowd(fleet.addresses, admin, chance)
            with crowd.working():
                pauses = [
                    promoted(pair, crowd, mirror, chance, views=number % ROUNDS == 0)
                    for number in range(pace.promotions)
                ]
            eventually(lambda: mirror.timers() == 0 and mirror.is_followed())

            assert_sound(mirror.look(), crowd.acknowledged, at_rest=True)
            mirror.assert_views_rebuilt()
            assert crowd.unanswered
            assert [
                line for server in fleet.serving for line in server.complained.splitlines() if "Traceback" in line
            ] == []
            messages = assert_told_once(receiver, pace.promotions)
        print(f"commands again after {min(pauses):.2f} to {max(pauses):.2f} s; {len(mirror.events)} events; {messages}")
    assert max(pauses) <= BACK_SECONDS


def promoted(pair: Pair, crowd: Crowd, mirror: Mirror, chance: Random, *, views: bool) -> float:
    """Promote the standby while commands come, look at everything, and give the seconds until commands went well."""
    before = len(crowd.acknowledged)
    eventually(lambda: len(crowd.acknowledged) >= before + WRITTEN)
    threading.Event().wait(chance.uniform(0, LONGEST_SECONDS))
    when = pair.promote()
    eventually(lambda: any(each.asked_at > when for each in crowd.acknowledged))
    pause = monotonic() - when
    pair.repair()
    # What was acknowledged before the log is read has to be in it.
    acknowledged = crowd.acknowledged
    mirror.assert_log_verified()
    if views:
        mirror.assert_views_rebuilt()
    assert_sound(mirror.look(), acknowledged)
    return pause


def assert_told_once(receiver: WebhookReceiver, promotions: int) -> str:
    """Look that nothing was announced under two ids, and repeated only under its own; say how often."""
    came: defaultdict[str, Counter[bytes]] = defaultdict(Counter)
    while not receiver.got.empty():
        post = receiver.got.get()
        came[post.headers["webhook-id"]][post.body] += 1
    assert all(len(contents) == 1 for contents in came.values())
    contents = Counter(content for each in came.values() for content in each)
    assert set(contents.values()) == {1}
    # One that was answered while there was no primary, and could not be marked, is sent again when its lease ends.
    repeats = [each.total() - 1 for each in came.values() if each.total() > 1]
    assert max(repeats, default=0) <= promotions
    return f"{len(came)} messages, of which {sum(repeats)} came again"
