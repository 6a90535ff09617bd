"""Addresses that end in a secret: what is said of them, in a log or in an answer, never has it."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from api.http.secret_paths import is_secret, masked
from tests.api.client import Site, problem

SECRET = "Zq3-Secret_of-nobody.and~everybody"
PATHS = [
    f"/pl/account/{SECRET}",
    f"/pl/account/{SECRET}/backfills",
    f"/PL/Account/{SECRET}",
    f"/account/{SECRET}",
    f"/en/account//{SECRET}",
    f"/es/subscriptions/{SECRET}",
]
PLAIN = [
    "/",
    "/pl/",
    "/pl/account",
    "/v1/restorations/1/accounts/shop-1001",
    "/v1/restorations/1/accounts/account/owner-link",
    "/v1/subscriptions/7",
    "/panels/account/badge.svg",
]


@pytest.fixture(scope="module")
def site(shared_database: str) -> Iterator[Site]:
    """The service, which logs every request."""
    with Site(shared_database, access_log=True) as site:
        yield site


class TestPath:
    @pytest.mark.parametrize("path", PATHS)
    def test_is_masked_from_its_secret_on(self, path: str) -> None:
        assert is_secret(path)
        assert SECRET not in masked(path)
        assert masked(path).lower().endswith(("/account/***", "/subscriptions/***"))

    @pytest.mark.parametrize("path", PLAIN)
    def test_without_a_secret_stays(self, path: str) -> None:
        assert not is_secret(path)
        assert masked(path) == path


class TestAnswer:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST", "OPTIONS"])
    def test_never_repeats_a_secret(self, site: Site, method: str, path: str) -> None:
        with capture_logs() as lines:
            answer = site.reader.send(method, path, headers={"Authorization": "Bearer bita_garbage"})

        assert answer.status_code in {403, 404, 405}
        assert SECRET not in f"{answer.headers} {answer.text}"
        assert [line["event"] for line in lines] == ["request"]
        assert "***" in lines[0]["path"]
        assert SECRET not in str(lines)

    def test_is_not_for_scripts_of_other_sites(self, site: Site) -> None:
        asks = {"Origin": "https://example.com", "Access-Control-Request-Method": "GET"}

        for path in PATHS:
            for method in ("GET", "OPTIONS"):
                answer = site.reader.send(method, path, headers=asks)
                assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert "access-control-allow-origin" in site.reader.send("OPTIONS", "/v1/status", headers=asks).headers

    def test_is_counted_under_the_route(self, site: Site) -> None:
        site.reader.get(PATHS[0])

        assert SECRET not in site.auditor.get("/metrics").text


class TestProblem:
    def test_of_another_path_names_it(self, site: Site) -> None:
        assert "/v1/nowhere" in problem(site.reader.get("/v1/nowhere"), 404, "not_found")["detail"]

    def test_with_a_refused_token_is_logged_without_the_secret(self, site: Site) -> None:
        with capture_logs() as lines:
            refusal = site.reader.get(f"/v1/signals?{SECRET}", headers={"Authorization": f"Bearer {SECRET}"})

        problem(refusal, 401, "not_authenticated")
        assert [line["event"] for line in lines] == ["token_refused", "request"]
        assert SECRET not in str(lines)
