"""Every option of the suite in one table, and the frozen settings they make."""

import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import pytest

from conformance.oauth.jwt import Key
from conformance.verdict import FailOn
from conformance.wire.connection import REVISIONS

Transport = Literal["auto", "streamable-http", "http+sse", "stdio"]
EVERY_REVISION = "all"
_VARIABLE = re.compile(r"[\w.()-]+")
Consent = Literal["auto", "person", "token", "client-credentials", "none"]


@dataclass(frozen=True)
class Option:
    """One command line option. `env` may stand in for the flag, the command line wins."""

    flag: str
    help: str
    metavar: str | None = None
    default: Any = None
    env: str = ""
    choices: tuple[str, ...] = ()
    action: str = "store"
    type: Callable[[str], Any] | None = None
    const: str | None = None

    @property
    def name(self) -> str:
        """The attribute of pytest's option namespace."""
        return "mcp_" + self.flag.removeprefix("--").replace("-", "_")

    def add_to(self, group: pytest.OptionGroup) -> None:
        """Declare the option to pytest."""
        arguments: dict[str, Any] = {"dest": self.name, "action": self.action, "default": None}
        text = self.help + (
            f" Default: {self.default}." if isinstance(self.default, str | float) and self.default else ""
        )
        arguments["help"] = (text + (f" Environment: {self.env}." if self.env else "")).replace("%", "%%")
        if self.action != "store_true":
            arguments["metavar"] = self.metavar
        if self.choices:
            arguments["choices"] = self.choices
        if self.type:
            arguments["type"] = self.type
        if self.const:
            arguments |= {"nargs": "?", "const": self.const}
        group.addoption(self.flag, **arguments)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 7200:
        raise ValueError
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 < value < 65_536:
        raise ValueError
    return value


OPTIONS = (
    Option("--target-url", "Audit the MCP server at this address.", "URL"),
    Option(
        "--target-command",
        "Audit the MCP server that this command starts, over stdio. It is run without a shell, several times.",
        "COMMAND",
    ),
    Option(
        "--target-env",
        "Environment variable for the server of --target-command, with the value it has here unless one is given; may"
        " be repeated. Like clients made with the official SDKs the audit passes on little else: HOME, LOGNAME, PATH,"
        " SHELL, TERM and USER.",
        "NAME[=VALUE]",
        action="append",
        default=(),
    ),
    Option(
        "--demo",
        "Start the embedded reference server on a free loopback port and audit it.",
        action="store_true",
    ),
    Option(
        "--transport",
        "How to talk to the target. auto tries Streamable HTTP first, then HTTP+SSE of 2024-11-05; it is stdio with"
        " --target-command.",
        default="auto",
        choices=get_args(Transport),
    ),
    Option(
        "--revision",
        "Audit this MCP revision instead of the newest one the target speaks; all audits every revision it grants, each"
        " with a login and a report of its own, and compares them. 2026-07-28, which has no sessions, is chosen by"
        " itself only for a target that speaks nothing else.",
        "DATE",
        choices=(*REVISIONS, EVERY_REVISION),
    ),
    Option(
        "--consent",
        "Who approves authorization requests. auto follows redirects and submits plain HTML forms; person prints the"
        " address, opens a browser and waits; token uses --token; client-credentials acts as a service without a user,"
        " with --client-id and --client-secret or --client-key; none asks nobody. Default: token when a token is"
        " given, else auto.",
        choices=get_args(Consent),
    ),
    Option("--token", "Access token to use instead of logging in.", "TOKEN", env="MCP_TOKEN"),
    Option(
        "--second-token",
        "Access token of another user, to see whether the sessions of users are kept apart.",
        "TOKEN",
        env="MCP_SECOND_TOKEN",
    ),
    Option(
        "--second-resource",
        "Another resource of the same authorization server, to see whether its tokens are refused. Found in the"
        " server metadata when left out.",
        "URI",
    ),
    Option(
        "--client-id",
        "Client registered beforehand, instead of dynamic registration.",
        "ID",
        env="MCP_CLIENT_ID",
    ),
    Option("--client-secret", "Secret of the client given with --client-id.", "SECRET", env="MCP_CLIENT_SECRET"),
    Option(
        "--client-key",
        "PEM file of the private key with which the client given with --client-id signs assertions (private_key_jwt).",
        "FILE",
    ),
    Option(
        "--redirect-uri",
        "Redirect URI registered for the client given with --client-id. A loopback one when left out.",
        "URI",
    ),
    Option(
        "--client-metadata-url",
        "https URL of a client metadata document that you host, for targets which cannot fetch one from this machine.",
        "URL",
        default="",
    ),
    Option(
        "--document-origin",
        "https origin from which a tunnel or a proxy leads to --document-port, for targets that fetch nothing over"
        " http from this machine: the documents of the audit are then named by it.",
        "URL",
        default="",
    ),
    Option(
        "--document-port",
        "Port of 127.0.0.1 on which documents for the target are served; a free one when left out.",
        "PORT",
        default=0,
        type=_port,
    ),
    Option(
        "--consent-field",
        "Value for a field of the login or consent pages; may be repeated.",
        "NAME=VALUE",
        action="append",
        default=(),
    ),
    Option("--consent-submit", "Text of the button that approves, if it is not found by itself.", "TEXT"),
    Option(
        "--approvals",
        "Most approvals to ask for. What then cannot be decided is reported by name as could-not-run. When left out,"
        " a person is asked for those that decide the most, an automatic login for all.",
        "N",
        type=_count,
    ),
    Option(
        "--call-tools",
        "Tools to call besides those with readOnlyHint: names separated by commas, or all. Beware of side effects.",
        "NAME,...",
    ),
    Option(
        "--stress",
        "Also judge what takes patience or load to see: requests of the server left unanswered, connections that idle,"
        " bursts.",
        action="store_true",
    ),
    Option(
        "--fail-on",
        "Lowest level whose violation makes the run not conformant.",
        default="must",
        choices=get_args(FailOn),
    ),
    Option("--report-dir", "Folder for results.json and compliance.html.", "DIR", default="reports"),
    Option(
        "--request-timeout",
        "Seconds to wait for each answer of the target.",
        "SECONDS",
        default=10.0,
        type=_seconds,
    ),
    Option(
        "--patience",
        "Seconds to wait for what takes its time, such as a revocation taking effect or a token ending. More than 660"
        " also shows whether an authorization code expires.",
        "SECONDS",
        default=60.0,
        type=_seconds,
    ),
    Option("--ca-file", "PEM file of certificate authorities to trust for the target.", "FILE"),
    Option(
        "--requirements",
        "Print every requirement with the check that decides it and the fault that proves it, then stop.",
        "FORMAT",
        choices=("text", "json"),
        const="text",
    ),
)


@dataclass(frozen=True)
class Settings:
    """What the user asked for; `client_key` is the key itself. Secrets are kept out of the repr."""

    target_url: str | None = None
    target_command: str | None = None
    target_env: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    demo: bool = False
    transport: Transport = "auto"
    revision: str | None = None
    consent: Consent = "auto"
    token: str | None = field(default=None, repr=False)
    second_token: str | None = field(default=None, repr=False)
    second_resource: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    client_key: str | None = field(default=None, repr=False)
    redirect_uri: str | None = None
    client_metadata_url: str = ""
    document_origin: str = ""
    document_port: int = 0
    consent_field: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    consent_submit: str = ""
    approvals: int | None = None
    call_tools: tuple[str, ...] = ()
    stress: bool = False
    fail_on: FailOn = "must"
    report_dir: str = "reports"
    request_timeout: float = 10.0
    patience: float = 60.0
    ca_file: str | None = None
    requirements: str | None = None

    @property
    def every_revision(self) -> bool:
        """Whether every revision that the target grants is audited."""
        return self.revision == EVERY_REVISION

    @property
    def active(self) -> bool:
        """Whether there is something to audit."""
        return bool(self.target or self.demo)

    @property
    def target(self) -> str:
        """The address or the command of the target; empty where there is none."""
        return self.target_url or self.target_command or ""

    def shown(self) -> dict[str, Any]:
        """The options a report may show: no secrets, no addresses; of variables their names."""
        names = (
            "transport",
            "revision",
            "consent",
            "approvals",
            "call_tools",
            "stress",
            "fail_on",
            "request_timeout",
            "patience",
        )
        return {"target_env": sorted(self.target_env)} | {name: getattr(self, name) for name in names}


def read_settings(config: pytest.Config) -> Settings:
    """Settings from the command line and the environment.

    Raises:
        pytest.UsageError: options that contradict each other or make no sense.
    """
    given = {option.flag: _value(config, option) for option in OPTIONS}
    values = {flag.removeprefix("--").replace("-", "_"): value for flag, value in given.items() if value is not None}
    values["target_env"] = _variables(values["target_env"])
    values["consent_field"] = _pairs(values.get("consent_field") or ())
    values["call_tools"] = tuple(name for name in str(values.get("call_tools", "")).split(",") if name)
    values.setdefault("consent", "token" if values.get("token") else "auto")
    if values.get("client_key"):
        values["client_key"] = _key(values["client_key"])
    settings = Settings(**values)
    _check(settings, config)
    return settings


def _value(config: pytest.Config, option: Option) -> Any:  # noqa: ANN401
    value = config.getoption(option.name, None)
    if value is None and option.env:
        value = os.environ.get(option.env)
    return option.default if value is None else value


def _pairs(texts: Any) -> dict[str, str]:  # noqa: ANN401
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = str(text).partition("=")
        if not equals or not name:
            raise pytest.UsageError(f"--consent-field wants NAME=VALUE, such as username=ann; got {name!r}")
        pairs[name] = value
    return pairs


def _variables(texts: Iterable[str]) -> dict[str, str]:
    variables: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not _VARIABLE.fullmatch(name):
            raise pytest.UsageError(f"--target-env wants NAME or NAME=VALUE, such as API_KEY; got {name!r}")
        if not equals and name not in os.environ:
            raise pytest.UsageError(f"--target-env {name}: there is no such variable here; give {name}=VALUE")
        variables[name] = value if equals else os.environ[name]
    return variables


def _key(file: str) -> str:
    try:
        pem = Path(file).read_text("utf-8")
        Key.of_pem(pem)
    except OSError as failure:
        raise pytest.UsageError(f"--client-key {file} cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError:
        raise pytest.UsageError(f"--client-key {file} is no text file; give the private key as PEM") from None
    except ValueError as failure:
        raise pytest.UsageError(f"--client-key {file} cannot be used: {failure}") from None
    return pem


def _check(settings: Settings, config: pytest.Config) -> None:
    if sum(map(bool, (settings.target_url, settings.target_command, settings.demo))) > 1:
        raise pytest.UsageError(
            "--demo audits the embedded server, --target-url and --target-command another one: give one of them"
        )
    if settings.target_command is not None:
        _check_command(settings.target_command)
    if settings.target_env and not settings.target_command:
        raise pytest.UsageError("--target-env goes with --target-command")
    if (settings.transport == "stdio") > bool(settings.target_command):
        raise pytest.UsageError("--transport stdio needs --target-command")
    if settings.target_command and settings.transport not in ("auto", "stdio"):
        raise pytest.UsageError(f"--target-command goes over stdio, not {settings.transport}")
    if settings.target_url:
        try:
            parts = urlsplit(settings.target_url)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            parts, usable = urlsplit(""), False
        if not usable:
            raise pytest.UsageError(
                f"--target-url wants a full address such as https://host/mcp; got {settings.target_url!r}"
            )
        if parts.username or parts.password:
            raise pytest.UsageError("--target-url must not hold a user name or password; use --token")
    if settings.consent == "token" and not settings.token and settings.active:
        raise pytest.UsageError("--consent token needs --token or MCP_TOKEN")
    for flag, token in (("--token", settings.token), ("--second-token", settings.second_token)):
        if token and not (token.isascii() and token.isprintable() and " " not in token):
            raise pytest.UsageError(
                f"{flag} wants one word of ASCII characters, as it stands in an Authorization field"
            )
    if settings.client_metadata_url and not settings.client_metadata_url.startswith("https://"):
        raise pytest.UsageError("--client-metadata-url wants an https URL, such as https://host/client.json")
    if bool(settings.document_origin) != bool(settings.document_port):
        raise pytest.UsageError("--document-origin and --document-port go together")
    if settings.document_origin and not _is_origin(settings.document_origin):
        raise pytest.UsageError("--document-origin wants an https origin without a path, such as https://host")
    if settings.client_secret and settings.client_key:
        raise pytest.UsageError("a client authenticates with --client-secret or with --client-key: give one of them")
    for flag, value in (("--client-secret", settings.client_secret), ("--client-key", settings.client_key)):
        if value and not settings.client_id:
            raise pytest.UsageError(f"{flag} goes with --client-id")
    if settings.consent == "client-credentials" and not (settings.client_secret or settings.client_key):
        raise pytest.UsageError(
            "--consent client-credentials needs --client-id and --client-secret or --client-key: register a client for"
            " this grant at the server first"
        )
    workers = config.getoption("numprocesses", None)
    if settings.document_port and settings.active and workers:
        raise pytest.UsageError("--document-port serves one process: run without -n")
    if settings.consent == "person" and settings.active and workers:
        raise pytest.UsageError("--consent person asks one person at a time: run without -n")
    distribution = config.getoption("dist", "no")
    if settings.active and distribution not in ("no", "load", "worksteal"):
        raise pytest.UsageError(f"an audit runs with --dist load or worksteal, not {distribution}")


def _check_command(command: str) -> None:
    try:
        words = shlex.split(command)
    except ValueError as failure:
        raise pytest.UsageError(f"--target-command cannot be read as words: {failure}") from None
    if not words:
        raise pytest.UsageError("--target-command wants a command, such as 'npx -y my-server stdio'")
    if not shutil.which(words[0]):
        raise pytest.UsageError(f"--target-command: there is no program {words[0]} on the path")


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme == "https" and bool(parts.hostname) and text == f"https://{parts.netloc}"
    except ValueError:
        return False
