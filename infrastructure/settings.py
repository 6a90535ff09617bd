"""The settings, read from the environment once."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from application.errors import BadSetting
from application.facade import SiteSettings
from domain.impact import Status
from domain.policy import Policy
from infrastructure.delivery.fields import DeliveryFields
from infrastructure.sign_in_fields import Duration, SignInFields, Wait, lasting
from infrastructure.site_fields import SiteFields
from infrastructure.store.postgres_url import is_readable
from infrastructure.transparency.witness_address import WitnessAddress
from infrastructure.zones import zone_named

PREFIX = "BITACORA_"
FOREIGN = ("TEST_", "SERVICE_", "PORT_")
"""How the names go on that others set: the tests, and container platforms for a service that is named like this."""
POSTGRES = ("postgresql://", "postgres://")
OF_PLATFORM = "tcp://"
"""How the port begins that a container platform sets."""


LONGEST_ORIGIN = 200
"""Characters of the name of a log; each restore may lengthen it by a few, and every checkpoint has it twice."""

SEVERITIES = {
    "critical": Status.MAJOR_OUTAGE,
    "error": Status.PARTIAL_OUTAGE,
    "warning": Status.DEGRADED_PERFORMANCE,
    "info": Status.OPERATIONAL,
    "none": Status.OPERATIONAL,
}


class Settings(DeliveryFields, SiteFields, SignInFields):
    """All settings; each is read from the environment variable ``BITACORA_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", use_attribute_docstrings=True)

    database: str = "sqlite:///var/bitacora.sqlite3"
    """The store: `sqlite:///path` (four slashes for an absolute path) or a `postgresql://` URL."""
    owner_database: str = ""
    """PostgreSQL: the URL by which `migrate`, `restore` and `demo` create the tables, as the role that owns them. They
    let the role of `BITACORA_DATABASE` read and add events, not change or remove them. By default both are one role."""
    read_database: str = ""
    """PostgreSQL: the URL of a hot standby of `BITACORA_DATABASE`, from which `serve` answers all reads and streams."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port to listen on; 0 takes one that is free."""
    publish_after: Duration = timedelta(minutes=30)
    """How long a problem lasts before a policy publishes it."""
    stable_for: Duration = timedelta(minutes=10)
    """How long an incident is stable before it can be resolved."""
    clear_grace: Duration = timedelta(minutes=2)
    """How long every signal stays clear before the problem counts as over."""
    reopen_within: Duration = timedelta(hours=24)
    """How long after a resolution a new firing counts as a relapse."""
    claim_lease: Duration = timedelta(minutes=30)
    """How long a reviewer keeps a claimed request."""
    run_lease: Duration = timedelta(minutes=5)
    """How long a worker keeps a leased batch."""
    keep_past: Annotated[Duration, lasting(least=timedelta(days=1))] | None = None
    """For how long the views keep how held requests were, as in `P400D`; by default for ever. `as_of` an earlier moment
    is then answered 410. The log keeps everything: without this setting, `rebuild` brings all of it back."""
    maintenance_horizon: Duration = timedelta(days=90)
    """How far ahead a series plans its windows."""
    received_tolerance: Duration = timedelta(minutes=5)
    """How much the clocks of sources may differ from the times of a cause."""
    alert_component_label: str = Field(default="component", min_length=1)
    """The label of an alert that names the component."""
    alert_severity_map: Annotated[dict[str, Status], NoDecode] = SEVERITIES
    """The status of each `severity`. Your pairs are added to the default; any other severity
    counts as `degraded_performance`."""
    time_zone: str = "UTC"
    """The zone in which the day named by `since` begins."""
    languages: Annotated[tuple[str, ...], NoDecode] = ("en", "es", "pl", "pt")
    """The languages of texts; the first is the default."""
    owner_link_ttl: Annotated[Wait, lasting(most=timedelta(days=3_650))] = timedelta(days=30)
    """How long the link of the owner of an account lasts, if nobody says until when."""
    max_connections: int = Field(default=4_096, ge=10)
    """How many connections there are at most, if the system allows as many open files. When they run out, idle and
    unfinished ones are closed, the oldest first. Beyond nine tenths only `/livez`, `/readyz` and callers with a token
    are served. With `bitacora serve --workers`, each worker has as many."""
    head_timeout: Wait = timedelta(seconds=10)
    """How long a client may take to send the head of a request."""
    body_timeout: Wait = timedelta(seconds=30)
    """How long a client may send nothing of a body, or fetch nothing of an answer. It has a second more for every
    16 KiB of a body; a stream of lines from a caller with a token may be as slow as it likes between two pauses."""
    idle_timeout: Wait = timedelta(seconds=75)
    """How long a connection stays open between two requests."""
    log_key: str | None = Field(default=None, min_length=1)
    """The key that signs the log (Ed25519): the file that it is in, or the key itself (PKCS #8, PEM). By default it is
    made at the first start as `log.key` under `var/`, or beside the SQLite file."""
    log_origin: str = Field(default="", max_length=LONGEST_ORIGIN)
    """What the log is called where it is verified, as in `status.example.com/log`; by default it follows from
    `BITACORA_SITE_URL`. It is fixed in the store when its tree is made."""
    checkpoint_every: Annotated[Wait, lasting(least=timedelta(seconds=1))] = timedelta(minutes=5)
    """How often readers get a new checkpoint of the log."""
    witnesses: Annotated[tuple[WitnessAddress, ...], NoDecode] = ()
    """Who signs the checkpoints of readers, too: witnesses (C2SP tlog-witness), with commas between, each as its key,
    a space and the address below which it has `add-checkpoint`."""
    access_log: bool = False
    """Whether each request is logged, as one line of JSON on stderr."""
    shutdown_grace: Duration = timedelta(seconds=2)
    """How long a server that stops waits for the requests it has."""

    @field_validator("host")
    @classmethod
    def _bare_host(cls, value: str) -> str:
        return value.removeprefix("[").removesuffix("]")

    @field_validator("port", mode="before")
    @classmethod
    def _own_port(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
        is_foreign = isinstance(value, str) and value.startswith(OF_PLATFORM)
        return cls.model_fields["port"].default if is_foreign else value

    @field_validator("database")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if value.startswith(POSTGRES):
            if is_readable(value):
                return value
            raise ValueError("the URL cannot be read; write odd characters of a password as %XX")
        if value.removeprefix("sqlite:///") not in {value, ""}:
            return value
        raise ValueError("write sqlite:///path (four slashes for an absolute one) or a postgresql:// URL")

    @field_validator("owner_database")
    @classmethod
    def _known_owner(cls, value: str) -> str:
        if value and not (value.startswith(POSTGRES) and is_readable(value)):
            raise ValueError("write a postgresql:// URL of the same database, with another role")
        return value

    @field_validator("read_database")
    @classmethod
    def _known_standby(cls, value: str, info: ValidationInfo) -> str:
        if value and not (value.startswith(POSTGRES) and is_readable(value)):
            raise ValueError("write a postgresql:// URL of a hot standby; SQLite has none")
        if value and not str(info.data.get("database", "")).startswith(POSTGRES):
            raise ValueError("only a BITACORA_DATABASE on PostgreSQL has a hot standby")
        return value

    @field_validator("alert_severity_map", mode="before")
    @classmethod
    def _severity_map(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
        """Read ``page=major_outage,ticket=degraded_performance`` or a JSON object, over the usual severities."""
        if not isinstance(value, str):
            return value
        pairs = json.loads(value) if value.lstrip().startswith("{") else _pairs(value)
        return {**SEVERITIES, **pairs}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zone_named(value)
        except LookupError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("languages", mode="before")
    @classmethod
    def _language_list(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("languages")
    @classmethod
    def _sound_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(part.replace("-", "").isalnum() for part in value):
            raise ValueError("write language tags, as in en,es,pl,pt")
        return value

    @field_validator("log_origin")
    @classmethod
    def _bare_name(cls, value: str) -> str:
        if "+" in value or " " in value or not value.isprintable():
            raise ValueError("write a name without spaces and plus signs, as in status.example.com/log")
        return value

    @field_validator("witnesses", mode="before")
    @classmethod
    def _known_witnesses(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
        if not isinstance(value, str):
            return value
        return tuple(WitnessAddress.parse(part) for part in value.split(",") if part.strip())

    @property
    def site(self) -> SiteSettings:
        """How the public pages present themselves."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return SiteSettings(
            url=self.site_url or f"http://{host}:{self.port}",
            name=self.site_name,
            logo=self.site_logo,
            accent=self.site_accent,
            imprint_url=self.site_imprint_url,
            contact=self.site_contact,
            zone=self.time_zone,
        )

    @property
    def alert_severities(self) -> dict[str, Status]:
        """The status that each severity of an alert implies, by the severity as it is compared."""
        return {severity.strip().casefold(): status for severity, status in self.alert_severity_map.items()}

    @property
    def has_owner(self) -> bool:
        """Whether another role than that of the service owns the log."""
        return self.owner_database not in {"", self.database} and not self.database.startswith("sqlite:")

    @property
    def log_folder(self) -> Path:
        """Where the key that signs the log is kept, and the newest checkpoint: beside the store, or under ``var/``."""
        file = self.database.removeprefix("sqlite:///")
        return Path("var") if file == self.database else Path(file).parent

    @property
    def origin(self) -> str:
        """What the log is called in a store that does not say so yet: an address of its tiles without the scheme."""
        return self.log_origin or f"{self.site.url.partition('://')[2]}/log"

    @property
    def policy(self) -> Policy:
        """The durations by which incidents are decided."""
        return Policy(
            publish_after=self.publish_after,
            clear_grace=self.clear_grace,
            stable_for=self.stable_for,
            reopen_within=self.reopen_within,
        )


def name_metrics_folder(folder: str) -> None:
    """Let prometheus_client keep the metrics of this process in a folder that several share."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def read_settings(**given: object) -> Settings:
    """Read the settings; ``given`` ones, where not None, go before the environment.

    Raises:
        BadSetting: naming the first that cannot be parsed, or that is none.
    """
    _require_known()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}" if first["loc"] else PREFIX
        message = str(first["msg"]).removeprefix("Value error, ")
        raise BadSetting(f"the setting {name} cannot be used: {message}") from None


def _require_known() -> None:
    # As they are read: without regard to case.
    given = (name.upper() for name in os.environ if name.upper().startswith(PREFIX))
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(given):
        if name not in known and not name.removeprefix(PREFIX).startswith(FOREIGN):
            (nearest,) = get_close_matches(name, known, n=1, cutoff=0)
            raise BadSetting(f"there is no setting {name}; did you mean {nearest}?")


def _pairs(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return {severity.strip(): status.strip() for severity, _, status in pairs}
