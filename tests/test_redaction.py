"""No secret survives recording or reporting, however it is spelled and wherever it turns up."""

import base64
import html
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.evidence import Exchange, Recorder
from conformance.redaction import Kept, Redactor
from conformance.reference import ReferenceServer
from tests.auditing import Run, audit

few = settings(derandomize=True, deadline=None, max_examples=25)

token_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
tokens = st.text(token_characters, min_size=16, max_size=60).filter(lambda text: len(set(text)) > 6)
passwords = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs", "Z"]),
    min_size=10,
    max_size=30,
).filter(lambda text: len(set(text)) > 6)


def recorded(recorder: Recorder, **about: object) -> str:
    """What is kept of one exchange, as it would be written."""
    fields: dict[str, object] = {
        "channel": "oauth",
        "purpose": "test",
        "method": "POST",
        "url": "http://127.0.0.1/token",
        "request": ([], b""),
        "response": (200, [], b"", False),
    }
    exchange: Exchange = recorder.record(**(fields | about))  # type: ignore[arg-type]
    return "\n".join([*strings(json.loads(exchange.as_line())), *strings(exchange.as_json())])


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value; names of members are ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        inner: Any = value.values() if isinstance(value, dict) else value  # type: ignore[reportUnknownVariableType]
        for one in inner:
            yield from strings(one)


def answered(recorder: Recorder, headers: list[tuple[str, str]], body: str) -> str:
    return recorded(recorder, response=(200, headers, body.encode("utf-8", "surrogatepass"), False))


UNKNOWN: dict[str, Callable[[Recorder, str], str]] = {
    "authorization": lambda r, s: recorded(r, request=([("Authorization", f"Bearer {s}")], b"")),
    "authorization without scheme": lambda r, s: recorded(r, request=([("authorization", s)], b"")),
    "cookie": lambda r, s: recorded(r, request=([("Cookie", f"a=b; session={s}; c=d")], b"")),
    "set-cookie": lambda r, s: answered(r, [("Set-Cookie", f"sid={s}; Path=/; HttpOnly")], ""),
    "session": lambda r, s: answered(r, [("Mcp-Session-Id", s)], ""),
    "header of any other name": lambda r, s: answered(r, [("X-Amzn-Trace", s), ("Api-Key", s)], ""),
    "proof of possession": lambda r, s: recorded(r, request=([("DPoP", s), ("dpop", s)], b"")),
    "nonce of a proof": lambda r, s: answered(r, [("DPoP-Nonce", s)], ""),
    "client assertion": lambda r, s: recorded(r, request=([], f"client_assertion={quote_plus(s)}&a=b".encode())),
    "assertion as grant": lambda r, s: recorded(r, request=([], f"grant_type=x&assertion={quote_plus(s)}".encode())),
    "json": lambda r, s: answered(r, [], json.dumps({"access_token": s, "scope": "x"})),
    "json with spaces": lambda r, s: answered(r, [], f'{{ "refresh_token" : {json.dumps(s)} }}'),
    "json in camel case": lambda r, s: answered(r, [], json.dumps({"clientSecret": s})),
    "json escaped as php does": lambda r, s: answered(r, [], json.dumps({"id_token": s}).replace("/", "\\/")),
    "json in an array": lambda r, s: answered(r, [], json.dumps([[{"a": [{"registration_access_token": s}]}]])),
    "json cut short": lambda r, s: answered(r, [], json.dumps({"access_token": s, "more": "x"})[:-5]),
    "event stream": lambda r, s: answered(r, [], f'data: {{"password": "{s}"}}\n\n'),
    "form": lambda r, s: recorded(r, request=([], f"a=b&code={quote_plus(s)}&x=y".encode())),
    "form with many secrets": lambda r, s: recorded(r, request=([], f"code_verifier={quote_plus(s)}".encode())),
    "url": lambda r, s: recorded(r, url=f"http://127.0.0.1/callback?code={quote(s, safe='')}&state=x#top"),
    "fragment": lambda r, s: recorded(r, url=f"http://127.0.0.1/callback#access_token={quote(s, safe='')}"),
    "location": lambda r, s: answered(r, [("Location", f"http://h/cb?state=1&code={quote(s, safe='')}")], ""),
    "error text": lambda r, s: recorded(r, error=f"cannot GET http://h/?access_token={quote(s, safe='')}"),
    "hidden input": lambda r, s: answered(r, [], f'<input type="hidden" name="x" value="{html.escape(s)}">'),
    "hidden input, order and quotes": lambda r, s: answered(r, [], f"<INPUT value='{s}' name=x type='hidden'/>"),
    "hidden input without quotes": lambda r, s: answered(r, [], f"<input type=hidden name=x value={s}>"),
    "password input": lambda r, s: answered(r, [], f'<input title="a>b" type="password" value="{html.escape(s)}">'),
    "userinfo": lambda r, s: recorded(r, url=f"http://user:{quote(s, safe='')}@h/"),
}


@pytest.mark.parametrize("place", UNKNOWN)
@few
@given(secret=tokens)
def test_a_secret_never_met_before_is_recognized_by_its_place(place: str, secret: str) -> None:
    line = UNKNOWN[place](Recorder(Redactor()), secret)

    assert secret not in line
    assert quote(secret, safe="") not in line


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda s: s,
    "percent-encoded": lambda s: quote(s, safe=""),
    "percent-encoded in lower case": lambda s: re.sub("%..", lambda found: found[0].lower(), quote(s, safe="")),
    "form-encoded": quote_plus,
    "json": lambda s: json.dumps(s)[1:-1],
    "json in utf-8": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "json as php writes it": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "html": html.escape,
}
ELSEWHERE: dict[str, Callable[[Recorder, str], str]] = {
    "body": lambda r, s: answered(r, [], f'{{"error_description": "bad {s}!"}}'),
    "text": lambda r, s: answered(r, [], f"token {s} is unknown"),
    "harmless header": lambda r, s: answered(r, [("WWW-Authenticate", f'Bearer error_description="{s}"')], ""),
    "header name": lambda r, s: answered(r, [(s, "x")], ""),
    "path": lambda r, s: recorded(r, url=f"http://h/tokens/{s}"),
    "purpose": lambda r, s: recorded(r, purpose=f"revocation of {s}"),
    "error": lambda r, s: recorded(r, error=f"refused: {s}"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@few
@given(secret=passwords, place=st.sampled_from(sorted(ELSEWHERE)))
def test_a_known_secret_is_found_in_every_spelling(spelling: str, secret: str, place: str) -> None:
    recorder = Recorder(Redactor())
    recorder.redactor.learn(secret, "password")
    spelled = SPELLINGS[spelling](secret)

    assert spelled not in ELSEWHERE[place](recorder, spelled)


@few
@given(secret=tokens, before=st.binary(max_size=8), after=st.binary(max_size=8), url_safe=st.booleans())
def test_a_known_secret_is_found_in_base64(secret: str, before: bytes, after: bytes, url_safe: bool) -> None:
    recorder = Recorder(Redactor())
    recorder.redactor.learn(secret, "token")
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode

    kept = recorder.redactor.text(encode(before + secret.encode() + after).decode())

    remains = max(kept.replace("]", "[").split("["), key=len)
    padded = remains.replace("-", "+").replace("_", "/")
    assert len(padded) < 16 or secret.encode()[4:-4] not in base64.b64decode(padded + "=" * (-len(padded) % 4))
    assert "[token#" in kept


@few
@given(values=st.lists(tokens, min_size=2, max_size=5, unique=True))
def test_the_same_secret_has_the_same_fingerprint(values: list[str]) -> None:
    redactor = Redactor()
    shown = [redactor.text(f"code={quote(one, safe='')}") for one in values]

    assert len(set(shown)) == len(values)
    assert [redactor.text(f"code={quote(one, safe='')}") for one in values] == shown


@few
@given(secret=tokens)
def test_redacting_twice_changes_nothing(secret: str) -> None:
    redactor = Redactor()
    once = redactor.text(f'{{"access_token": "{secret}"}} code={quote(secret)} {secret}')

    assert redactor.text(once) == once
    assert Redactor().text(once) == once


def test_a_worker_knows_what_the_controller_learned() -> None:
    redactor = Redactor()
    redactor.learn("s3cret-of-the-user", "password")
    worker = Redactor(redactor.key)
    for value, label in redactor.known():
        worker.learn(value, label)

    assert worker.text("x s3cret-of-the-user") == redactor.text("x s3cret-of-the-user")


@pytest.mark.parametrize(
    "text",
    [
        '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","serverInfo":{"name":"a","version":"1"}}}',
        '{"description":"Set \\"token=abc\\" and go","type":"string"}',
        '{"description":"Send api_key=YOUR_KEY or token=string","type":"string"}',
        '{"inputSchema":{"properties":{"token":{"type":"string"},"password":{"type":"string"}}}}',
        '{"a":"https://h/?password=C:\\\\dir\\\\1"}',
        '{"client_secret":"quote \\" backslash \\\\ end 12345"}',
    ],
)
def test_json_stays_json(text: str) -> None:
    redactor = Redactor()
    shape = json.loads(redactor.text(text))

    assert shape.keys() == json.loads(text).keys()


def test_ordinary_words_are_not_taken_for_secrets() -> None:
    redactor = Redactor()
    redactor.text('{"password": "string"} token=object&code=default')

    assert redactor.text('{"type": "string", "default": "object"}') == '{"type": "string", "default": "object"}'


def test_a_repeated_character_is_hidden_in_its_place_alone() -> None:
    redactor, padding = Redactor(), "x" * 4096
    sent = redactor.text(f"grant_type=refresh_token&refresh_token={padding}")

    assert padding not in sent
    assert redactor.text(f'{{"cursor": "{padding}"}}') == f'{{"cursor": "{padding}"}}'


def test_a_repeated_character_that_the_user_gave_as_secret_is_hidden_everywhere() -> None:
    redactor = Redactor()
    redactor.learn("x" * 12, "password")

    assert "x" * 12 not in redactor.text(f"is {'x' * 12} wrong?")


def test_harmless_parameters_stay_readable() -> None:
    line = "http://h/authorize?response_type=code&scope=read&state=xyz&resource=http%3A%2F%2Fh%2Fmcp"

    assert Redactor().text(line) == line


HOSTILE = ["<input ", "<input \"'", '"a":"', '"', "a=", "a.", "://a", '"a"  ', '"a":"\\', "&#x", "code=", '"token":"']


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_redacted_in_time(piece: str) -> None:
    started = time.process_time()
    Redactor().text(piece * (1_000_000 // len(piece)))

    assert time.process_time() - started < 2


def test_a_flood_of_secrets_is_redacted_in_time() -> None:
    redactor = Redactor()
    started = time.process_time()
    shown = redactor.text(",".join(f'"token":"secret-{index:08}"' for index in range(30_000)))

    assert time.process_time() - started < 5
    assert "secret-" not in shown
    redactor.learn("the-real-one", "token")
    assert "the-real-one" not in redactor.text("the-real-one")


def secrets_of(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every random value the reference server makes from now on."""
    made: list[str] = []

    def remembering(make: Callable[[int], str]) -> Callable[[int], str]:
        def remembered(size: int) -> str:
            made.append(make(size))
            return made[-1]

        return remembered

    for name in ("token_urlsafe", "token_hex"):
        monkeypatch.setattr(secrets, name, remembering(getattr(secrets, name)))
    return made


def written(run: Run) -> str:
    """Everything a run left behind: files and output."""
    files = [one.read_bytes().decode("utf-8", "replace") for one in run.folder.parent.rglob("*") if one.is_file()]
    assert len(files) >= 2
    return "\n".join([*files, run.output])


def public(text: str) -> set[str]:
    """Identifiers of clients, tasks, elicitations and what tools made, which are no secrets."""
    return set(
        re.findall(r"(?:client_id|taskId|elicitation(?:Id)?|handle)(?:\\*\"|=|:|&quot;|&#34;|\s)+([\w-]{20,})", text)
    )


def leaks(text: str, values: list[str]) -> list[str]:
    return [one for one in values if one in text or base64.b64encode(one.encode()).decode().rstrip("=")[:-2] in text]


@pytest.mark.parametrize(
    "options",
    [("-n", "2"), ("-vv", "--revision=2025-11-25", "--junitxml=j.xml", "--html=log.html")],
    ids=" ".join,
)
def test_an_audit_writes_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]) -> None:
    made = secrets_of(monkeypatch)
    with ReferenceServer(consent="form") as server:
        fields = [f"--consent-field=username={server.username}", f"--consent-field=password={server.password}"]
        run = audit(tmp_path, f"--target-url={server.url}", *fields, *options)

    assert run.code == 0, run.output
    text = written(run)
    assert leaks(text, [one for one in made if one not in public(text)]) == []
    assert len(made) > 20 + len(public(text))
    assert server.password not in text


def test_a_failing_audit_writes_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = secrets_of(monkeypatch)
    with ReferenceServer(fault="verifier-ignored") as server:
        run = audit(tmp_path, f"--target-url={server.url}", "-vv", "--showlocals", "--tb=long")

    assert run.code == 1
    text = written(run)
    assert leaks(text, [one for one in made if one not in public(text)]) == []


def test_the_same_proof_is_seen_to_be_the_same() -> None:
    recorder = Recorder(Redactor())
    shown = [recorded(recorder, request=([("DPoP", one)], b"")) for one in ("proof-number-1", "proof-number-2") * 2]

    assert "[dpop#" in shown[0]
    assert shown[0] == shown[2] != shown[1]
    assert "proof-number-1" not in answered(recorder, [], "bad proof: proof-number-1")


def test_what_the_user_gave_is_not_written(tmp_path: Path) -> None:
    given = {"--token": "tok-user-1", "--client-id": "the-client", "--client-secret": "sec-user-1"}
    with ReferenceServer() as server:
        options = [word for pair in given.items() for word in pair]
        run = audit(tmp_path, f"--target-url={server.url}", *options, "--consent-field", "pin=4711", "--junitxml=j.xml")

    text = written(run)
    assert leaks(text, ["tok-user-1", "sec-user-1", "pin=4711"]) == []
    assert "[not shown]" in run.results["run"]["command"]


def test_a_short_consent_field_is_hidden_by_its_name() -> None:
    redactor = Redactor()
    redactor.hide("pin")

    assert redactor.text("a=1&pin=4711&b=2").startswith("a=1&pin=[pin#")
    assert all(one != other for one, other in pairwise(["pin=4711", redactor.text("pin=4711")]))


@few
@given(secret=tokens)
def test_the_hidden_fields_of_a_submitted_form_are_not_kept(secret: str) -> None:
    body = f"flow={quote_plus(secret)}&decision=approve".encode()
    line = recorded(Recorder(Redactor()), channel="consent", request=([], body))

    assert quote_plus(secret) not in line
    assert "decision=approve" in line


def test_a_cookie_with_a_known_token_shows_which_one_and_nothing_else() -> None:
    redactor = Redactor()
    redactor.learn("token-1234567890", "access_token")

    (_, shown), (_, other) = redactor.headers(
        [("Set-Cookie", "t=Bearer token-1234567890!rest; Secure"), ("Set-Cookie", "t=token-x; Secure")]
    )

    assert shown == f"t={redactor.fingerprint('token-1234567890', 'access_token')}; Secure"
    assert other.startswith("t=[cookie#")


def test_a_session_id_is_hidden_in_the_body_that_comes_with_it() -> None:
    shown = answered(Recorder(Redactor()), [("Mcp-Session-Id", "session-4711-abcdef")], "session-4711-abcdef is open")

    assert "session-4711" not in shown


def test_what_was_kept_is_read_again_when_a_secret_is_learned_later() -> None:
    redactor = Redactor()
    kept = Kept(redactor)
    kept.add("first", {"body": redactor.text("the word is hunter-2-hunter")}, redactor.learned)
    before = kept.all()["first"]
    redactor.learn("hunter-2-hunter", "password")
    kept.add("second", {"body": "later"}, redactor.learned)

    assert before == {"body": "the word is hunter-2-hunter"}
    assert "hunter-2" not in str(kept.all())
    assert list(kept.all()) == ["first", "second"]
