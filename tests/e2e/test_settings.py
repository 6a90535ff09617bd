"""Settings from the environment: what each may be, and that one that cannot be read is named."""

from datetime import timedelta

import pytest

from application.errors import BadSetting
from domain.access.keyring import Role
from domain.impact import Status
from infrastructure.settings import Settings, read_settings
from infrastructure.store.postgres_url import without_password

PROVIDER = {
    "ISSUER": "https://id.example.com",
    "CLIENT_ID": "bitacora",
    "CLIENT_SECRET": "a secret of the two",
    "ROLE_CLAIM": "groups",
    "ROLES": "sre=operator",
}


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PUBLISH_AFTER", "soon"),
            ("STABLE_FOR", "-5m"),
            ("CLEAR_GRACE", "2"),
            ("SHUTDOWN_GRACE", ""),
            ("SITE_NAME", "Acme\nStatus"),
            ("SITE_NAME", "   "),
            ("PORT", "eighty"),
            ("PORT", "70000"),
            ("DATABASE", "mysql://localhost/x"),
            ("DATABASE", "sqlite:///"),
            ("READ_DATABASE", "sqlite:///standby.sqlite3"),
            ("READ_DATABASE", "postgresql://standby/bitacora"),
            ("READ_DATABASE", "postgresql://a:secret%zz@standby/bitacora"),
            ("TIME_ZONE", "Europe/Atlantis"),
            ("LANGUAGES", ""),
            ("ALERT_SEVERITY_MAP", "page=broken"),
            ("ALERT_SEVERITY_MAP", "{"),
            ("ALERT_COMPONENT_LABEL", ""),
            ("OWNER_LINK_TTL", "0s"),
            ("OWNER_LINK_TTL", "3651d"),
            ("SMTP_URL", "http://relay.example"),
            ("MAIL_FROM", "Acme Status"),
            ("MAIL_FROM", "łucja@example.com"),
            ("MAIL_FROM", f"{'a' * 30}@example.com"),
            ("WEBHOOK_ALLOW_PRIVATE", "perhaps"),
            ("SEND_CONCURRENCY", "0"),
            ("SEND_RATE", "nan"),
            ("SEND_RATE", "0"),
            ("SESSION_IDLE", "0s"),
            ("SESSION_MAX", "31d"),
            ("OIDC_ISSUER", "id.example.com"),
            ("OIDC_ISSUER", "http://id.example.com"),
            ("OIDC_ISSUER", "https://id.example.com?a=b"),
            ("OIDC_ISSUER", "https://[id"),
            ("OIDC_PERSON_CLAIM", ""),
        ],
    )
    def test_that_cannot_be_read_are_named(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        monkeypatch.setenv(f"BITACORA_{name}", value)

        with pytest.raises(BadSetting, match=f"BITACORA_{name}"):
            read_settings()

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("KEEP_PAST", "5h", "it must be at least 1 day"),
            ("SESSION_MAX", "31d", "it must be at most 30 days"),
            ("SESSION_IDLE", "0s", "it must be longer than nothing"),
            ("OWNER_LINK_TTL", "3651d", "it must be at most 3,650 days"),
            ("CHECKPOINT_EVERY", "PT0.5S", "it must be at least 1 second"),
            ("PORT", "70000", "Input should be less than or equal to 65535"),
        ],
    )
    def test_beyond_a_bound_name_it(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
        monkeypatch.setenv(f"BITACORA_{name}", value)

        with pytest.raises(BadSetting, match=f"^the setting BITACORA_{name} cannot be used: {words}$"):
            read_settings()

    @pytest.mark.parametrize("missing", ["CLIENT_ID", "CLIENT_SECRET", "ROLE_CLAIM", "ROLES"])
    def test_of_a_provider_of_identities_are_all_there(self, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
        for name, value in PROVIDER.items():
            if name != missing:
                monkeypatch.setenv(f"BITACORA_OIDC_{name}", value)

        with pytest.raises(BadSetting, match=f"BITACORA_OIDC_{missing} cannot be used: it is missing"):
            read_settings()

    @pytest.mark.parametrize("alone", ["CLIENT_ID", "CLIENT_SECRET", "ROLE_CLAIM", "ROLES"])
    def test_of_a_provider_of_identities_are_none_without_it(self, monkeypatch: pytest.MonkeyPatch, alone: str) -> None:
        monkeypatch.setenv(f"BITACORA_OIDC_{alone}", PROVIDER[alone])

        with pytest.raises(BadSetting, match=f"BITACORA_OIDC_{alone} cannot be used: it needs BITACORA_OIDC_ISSUER"):
            read_settings()

    @pytest.mark.parametrize("roles", ["sre", "sre=king", "=operator,", '{"sre": 7}', "{", "[]", ""])
    def test_of_roles_give_each_value_one_that_there_is(self, monkeypatch: pytest.MonkeyPatch, roles: str) -> None:
        for name, value in (PROVIDER | {"ROLES": roles}).items():
            monkeypatch.setenv(f"BITACORA_OIDC_{name}", value)

        with pytest.raises(BadSetting, match="BITACORA_OIDC_ROLES"):
            read_settings()

    @pytest.mark.parametrize("roles", ["sre=operator, audit = auditor", '{"sre": "operator", "audit": "auditor"}'])
    def test_of_a_provider_of_identities_show_no_secret(self, monkeypatch: pytest.MonkeyPatch, roles: str) -> None:
        for name, value in (PROVIDER | {"ROLES": roles}).items():
            monkeypatch.setenv(f"BITACORA_OIDC_{name}", value)

        settings = read_settings()

        assert settings.oidc_roles == {"sre": Role.OPERATOR, "audit": Role.AUDITOR}
        assert PROVIDER["CLIENT_SECRET"] not in f"{settings!r} {settings}"

    @pytest.mark.parametrize(
        ("value", "span"),
        [
            ("90s", timedelta(seconds=90)),
            ("30m", timedelta(minutes=30)),
            ("2h", timedelta(hours=2)),
            ("PT30M", timedelta(minutes=30)),
            ("PT1H30M", timedelta(minutes=90)),
            ("P1DT12H", timedelta(hours=36)),
        ],
    )
    def test_of_time_are_short_or_iso_8601(self, monkeypatch: pytest.MonkeyPatch, value: str, span: timedelta) -> None:
        monkeypatch.setenv("BITACORA_PUBLISH_AFTER", value)

        assert read_settings().policy.publish_after == span

    @pytest.mark.parametrize("value", ["page=major_outage, ticket=operational", '{"page": "major_outage"}'])
    def test_of_severities_come_on_top_of_the_usual_ones(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("BITACORA_ALERT_SEVERITY_MAP", value)

        severities = read_settings().alert_severity_map

        assert severities["page"] is Status.MAJOR_OUTAGE
        assert severities["warning"] is Status.DEGRADED_PERFORMANCE

    def test_have_the_values_that_are_documented(self) -> None:
        settings = read_settings()

        assert settings == Settings()
        assert (settings.host, settings.port, settings.database) == (
            "127.0.0.1",
            8080,
            "sqlite:///var/bitacora.sqlite3",
        )
        assert settings.policy.publish_after == timedelta(minutes=30)
        assert settings.policy.stable_for == timedelta(minutes=10)
        assert settings.policy.clear_grace == timedelta(minutes=2)
        assert settings.policy.reopen_within == timedelta(hours=24)
        assert settings.languages == ("en", "es", "pl", "pt")
        assert settings.shutdown_grace == timedelta(seconds=2)

    @pytest.mark.parametrize(
        ("name", "nearest"),
        [
            ("BITACORA_PUBLIC_AFTER", "BITACORA_PUBLISH_AFTER"),
            ("bitacora_databse", "BITACORA_DATABASE"),
            ("BITACORA_DATABASE_URL", "BITACORA_DATABASE"),
            ("BITACORA_POR", "BITACORA_PORT"),
            ("BITACORA_X", "BITACORA_"),
        ],
    )
    def test_that_are_unknown_are_named_with_the_nearest(
        self, monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
    ) -> None:
        monkeypatch.setenv(name, "1")

        with pytest.raises(BadSetting, match=rf"no setting {name.upper()}; did you mean {nearest}"):
            read_settings()

    def test_of_others_are_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("TEST_EVERYTHING", "TEST_DATABASE", "SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT_8080_TCP_ADDR"):
            monkeypatch.setenv(f"BITACORA_{name}", "1")
        monkeypatch.setenv("BITACORA_PORT", "tcp://10.0.0.1:8080")
        monkeypatch.setenv("bitacora_host", "[::1]")

        assert (read_settings().port, read_settings().host) == (8080, "::1")

    @pytest.mark.parametrize(
        ("url", "named"),
        [
            ("postgresql://ana:sesame@db:5432/log?sslmode=require", "postgresql://ana@db:5432/log?sslmode=require"),
            ("postgres://ana@/log?host=/run/pg&password=sesame", "postgresql://ana@/log?host=/run/pg"),
            ("postgresql://a%40b:sesame@one:1,two:2/log", "postgresql://a%40b@/log?host=one,two&port=1,2"),
            (
                "postgresql://ana:sesame@one,two/log?target_session_attrs=read-write",
                "postgresql://ana@/log?target_session_attrs=read-write&host=one,two",
            ),
            (
                "postgresql://[::1]:5432/log?passfile=/x&sslpassword=sesame",
                "postgresql:///log?passfile=/x&host=::1&port=5432",
            ),
        ],
    )
    def test_of_a_database_are_shown_without_passwords(self, url: str, named: str) -> None:
        assert without_password(url) == named
        assert without_password(named) == named

    @pytest.mark.parametrize("url", ["postgresql://ana:ses/ame@db/log", "postgresql://ana:sesame@[db/log?x=1"])
    def test_of_a_database_that_cannot_be_read_do_not_show_their_password(
        self, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("BITACORA_DATABASE", url)

        with pytest.raises(BadSetting, match="URL cannot be read") as refusal:
            read_settings()

        assert "ses" not in str(refusal.value)

    def test_of_mail_name_a_relay_and_a_sender(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert (read_settings().smtp_url, read_settings().mail_from) == (None, None)
        monkeypatch.setenv("BITACORA_SMTP_URL", "smtp://ana:ses%3Aame@relay.example")
        monkeypatch.setenv("BITACORA_MAIL_FROM", "Acme Status <status@example.com>")

        settings = read_settings()

        assert str(settings.smtp_url) == "smtp://relay.example:587"
        assert str(settings.mail_from) == "Acme Status <status@example.com>"
        assert "ame" not in repr(settings.smtp_url)

    @pytest.mark.parametrize("sender", [None, ""])
    def test_of_a_relay_need_a_sender(self, monkeypatch: pytest.MonkeyPatch, sender: str | None) -> None:
        monkeypatch.setenv("BITACORA_SMTP_URL", "smtp://relay.example")
        if sender is not None:
            monkeypatch.setenv("BITACORA_MAIL_FROM", sender)

        with pytest.raises(BadSetting, match="BITACORA_MAIL_FROM cannot be used: with BITACORA_SMTP_URL"):
            read_settings()

    def test_of_a_relay_that_cannot_be_read_do_not_show_its_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BITACORA_SMTP_URL", "smtp://ana:ses/ame@relay.example")

        with pytest.raises(BadSetting, match="BITACORA_SMTP_URL") as refusal:
            read_settings()

        assert "ses" not in str(refusal.value)

    def test_given_by_hand_go_before_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BITACORA_PORT", "1234")

        assert (read_settings(port=4321).port, read_settings(port=None).port) == (4321, 1234)
