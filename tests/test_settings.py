"""Options, their environment variables, and what they must not be."""

import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from conformance.settings import OPTIONS, Settings, read_settings

TARGET = "--target-url=http://127.0.0.1:1/mcp"
COMMAND = f"--target-command={sys.executable}"


KEY_FILE = "key.pem"


@pytest.fixture(scope="module")
def pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(autouse=True)
def key_file(pytester: pytest.Pytester, pem: str) -> str:
    (pytester.path / KEY_FILE).write_text(pem)
    return pem


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for option in OPTIONS:
        if option.env:
            monkeypatch.delenv(option.env, raising=False)


def settings(pytester: pytest.Pytester, *options: str) -> Settings:
    return read_settings(pytester.parseconfig(*options))


def test_without_options_nothing_is_active(pytester: pytest.Pytester) -> None:
    found = settings(pytester)

    assert found == Settings()
    assert not found.active


def test_defaults_of_the_table_are_those_of_the_settings() -> None:
    for option in OPTIONS:
        name = option.flag.removeprefix("--").replace("-", "_")
        if option.default is not None and name not in ("consent_field", "target_env"):
            assert getattr(Settings(), name) == option.default, option.flag


def test_every_option_is_read(pytester: pytest.Pytester) -> None:
    found = settings(
        pytester,
        TARGET,
        "--transport=http+sse",
        "--revision=2025-06-18",
        "--consent=auto",
        "--token=abc",
        "--client-id=me",
        "--client-secret=shh",
        "--redirect-uri=http://127.0.0.1:5/cb",
        "--consent-field=user=ann",
        "--consent-field=password=a=b",
        "--consent-submit=Go",
        "--call-tools=one,two,",
        "--fail-on=should",
        "--report-dir=out",
        "--request-timeout=2.5",
        "--patience=3",
        "--ca-file=ca.pem",
    )

    assert found == Settings(
        target_url="http://127.0.0.1:1/mcp",
        transport="http+sse",
        revision="2025-06-18",
        consent="auto",
        token="abc",
        client_id="me",
        client_secret="shh",
        redirect_uri="http://127.0.0.1:5/cb",
        consent_field={"user": "ann", "password": "a=b"},
        consent_submit="Go",
        call_tools=("one", "two"),
        fail_on="should",
        report_dir="out",
        request_timeout=2.5,
        patience=3.0,
        ca_file="ca.pem",
    )
    assert found.active


def test_a_token_changes_who_consents(pytester: pytest.Pytester) -> None:
    assert settings(pytester, TARGET).consent == "auto"
    assert settings(pytester, TARGET, "--token=abc").consent == "token"
    assert settings(pytester, TARGET, "--token=abc", "--consent=auto").consent == "auto"


def test_secrets_can_come_from_the_environment(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for option in OPTIONS:
        if option.env:
            monkeypatch.setenv(option.env, "from-the-environment")

    found = settings(pytester, TARGET)
    given = settings(pytester, TARGET, "--token=given")

    assert found.token == "from-the-environment"
    assert given.token == "given"


def test_a_key_is_read_from_its_file(pytester: pytest.Pytester, key_file: str) -> None:
    found = settings(pytester, TARGET, "--client-id=me", f"--client-key={KEY_FILE}", "--consent=client-credentials")

    assert found.client_key == key_file


def test_variables_for_a_server_come_from_here_unless_a_value_is_given(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", "from-here")
    monkeypatch.setenv("EMPTY", "from-here")
    found = settings(pytester, COMMAND, "--target-env=API_KEY", "--target-env=EMPTY=", "--target-env=URL=x?a=b")

    assert found.target_env == {"API_KEY": "from-here", "EMPTY": "", "URL": "x?a=b"}
    assert found.shown()["target_env"] == ["API_KEY", "EMPTY", "URL"]


def test_secrets_are_not_shown() -> None:
    fields, variables = {"password": "pw-1"}, {"API_KEY": "env-1"}
    made = Settings(
        token="tok-1", client_secret="sec-1", client_key="key-1", consent_field=fields, target_env=variables
    )

    for text in (repr(made), str(made.shown())):
        assert not any(secret in text for secret in ("tok-1", "sec-1", "key-1", "pw-1", "env-1"))


WRONG: dict[str, list[str]] = {
    "give one of them": ["--demo", TARGET],
    "--target-url wants a full address": ["--target-url=host/mcp"],
    "must not hold a user name": ["--target-url=https://ann:pw@host/mcp"],
    "--consent token needs --token": [TARGET, "--consent=token"],
    "--token wants one word": [TARGET, "--token=two words"],
    "--client-metadata-url wants an https URL": [TARGET, "--client-metadata-url=http://host/client.json"],
    "--document-origin and --document-port go together": [TARGET, "--document-port=8001"],
    "--document-origin wants an https origin": [TARGET, "--document-origin=https://host/", "--document-port=8001"],
    "--client-secret goes with --client-id": [TARGET, "--client-secret=x"],
    "--client-key goes with --client-id": [TARGET, f"--client-key={KEY_FILE}"],
    "with --client-secret or with --client-key": [
        TARGET,
        "--client-id=me",
        "--client-secret=x",
        f"--client-key={KEY_FILE}",
    ],
    "cannot be read: No such file": [TARGET, "--client-id=me", "--client-key=missing.pem"],
    "cannot be used: it holds no private key": [TARGET, "--client-id=me", f"--client-key={__file__}"],
    "--consent client-credentials needs --client-id": [TARGET, "--client-id=me", "--consent=client-credentials"],
    "--consent-field wants NAME=VALUE": [TARGET, "--consent-field=ann"],
    "such as username=ann": [TARGET, "--consent-field==ann"],
    "--target-env goes with --target-command": [TARGET, "--target-env=A=b"],
    "--target-env wants NAME or NAME=VALUE": [COMMAND, "--target-env==b"],
    "--target-env NO_SUCH_VARIABLE: there is no such variable here": [COMMAND, "--target-env=NO_SUCH_VARIABLE"],
}


@pytest.mark.parametrize("words", WRONG)
def test_options_that_make_no_sense_are_refused(pytester: pytest.Pytester, words: str) -> None:
    with pytest.raises(pytest.UsageError, match=words) as failure:
        settings(pytester, *WRONG[words])

    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "option",
    [
        "--request-timeout=0",
        "--request-timeout=-1",
        "--request-timeout=soon",
        "--request-timeout=nan",
        "--request-timeout=inf",
        "--patience=7201",
        "--transport=carrier-pigeon",
        "--revision=2024-10-07",
        "--consent=yes",
        "--fail-on=may",
        "--requirements=xml",
    ],
)
def test_values_outside_their_range_are_refused(pytester: pytest.Pytester, option: str) -> None:
    with pytest.raises(pytest.UsageError, match=option.partition("=")[0]):
        settings(pytester, TARGET, option)


def test_a_person_cannot_approve_in_parallel(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    with pytest.raises(pytest.UsageError, match="run without -n"):
        settings(pytester, TARGET, "--consent=person", "-n2")
    with pytest.raises(pytest.UsageError, match="--dist load or worksteal, not loadgroup"):
        settings(pytester, TARGET, "-n2", "--dist=loadgroup")
    assert settings(pytester, "-n2", "--dist=loadgroup").target_url is None


def test_the_help_names_every_option_its_default_and_its_variable(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--help")
    text = " ".join(result.stdout.str().split())

    for option in OPTIONS:
        assert option.flag in text
        assert not option.env or option.env in text
    assert "Default: 10.0." in text
    assert result.ret == 0
