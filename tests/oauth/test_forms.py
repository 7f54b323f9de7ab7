"""Forms as a browser without scripts would submit them."""

import pytest

from conformance.oauth.forms import Form, parse_forms


def only(page: str) -> Form:
    (form,) = parse_forms(page)
    return form


def form(content: str, attributes: str = "") -> Form:
    return only(f"<form {attributes}>{content}</form>")


CHOSEN = {
    "Approve": "<button>Approve</button><button>Deny</button>",
    "Yes, allow": "<button>No, thanks</button><button>Yes, allow</button>",
    "Allow": "<button>Don't allow</button><button>Allow</button>",
    "Allow access": "<button>Don’t allow</button><button>Allow access</button>",
    "Authorize app": "<button>Do not authorize</button><button>Authorize app</button>",
    "Authorise": "<button>Cancel</button><button>Authorise</button>",
    "Accept": "<button>Reject</button><button>Accept</button>",
    "I agree": "<button>Go back</button><button>I agree</button>",
    "Grant access": "<button>Decline</button><button> Grant\n <b>access</b> </button>",
    "Continue": "<button>Cancel</button><button>Continue</button>",
    "Allow all": "<button>Continue</button><button>Allow all</button>",
    "ALLOW": "<BUTTON>DISALLOW</BUTTON><BUTTON TYPE=SUBMIT>ALLOW</BUTTON>",
    "Zulassen": '<button name="cancel">Abbrechen</button><button name="accept">Zulassen</button>',
    "Autoriser": '<button value="deny">Refuser</button><button value="allow">Autoriser</button>',
    "Permitir": '<button name="a" value="no">Rechazar</button><button name="a" value="yes">Permitir</button>',
    "Sign in": "<button type=button>Show password</button><button>Sign in</button>",
    "Go": "<button type=reset>Reset</button><button>Go</button>",
}


@pytest.mark.parametrize("text", CHOSEN)
def test_the_button_that_approves_is_found(text: str) -> None:
    button = form(CHOSEN[text]).best_button()

    assert button
    assert button.text == text


@pytest.mark.parametrize(
    "content",
    ['<input type="submit" value="Allow">', '<input type=image alt="x" value=Allow src=a.png>', "<button>Allow"],
)
def test_a_button_may_be_written_in_several_ways(content: str) -> None:
    button = form(f'<input type="submit" value="Deny">{content}').best_button()

    assert button
    assert "Allow" in button.text


@pytest.mark.parametrize("content", ["<button>Deny</button>", "<button>Cancel</button><button>No</button>", ""])
def test_no_button_is_better_than_one_that_refuses(content: str) -> None:
    assert form(content).best_button() is None


def test_the_user_can_name_the_button() -> None:
    page = form('<button>Weiter</button><button name="later" value="1">Später</button><button>Deny</button>')

    assert [page.best_button(one).text for one in ("später", "LATER", "deny")] == ["Später", "Später", "Deny"]  # type: ignore[union-attr]
    assert page.best_button("absent") is None


SENT = {
    '<input name="a" value="1">': [("a", "1")],
    '<input name="a">': [("a", "")],
    '<input type="hidden" name="a" value="&lt;&amp;&quot;">': [("a", '<&"')],
    '<input name="a" value="1"><input name="a" value="2">': [("a", "1"), ("a", "2")],
    '<input type="checkbox" name="a">': [],
    '<input type="checkbox" name="a" checked>': [("a", "on")],
    '<input type="radio" name="a" value="1"><input type="radio" name="a" value="2" checked>': [("a", "2")],
    '<input value="1">': [],
    '<input type="file" name="a"><input type="button" name="b" value="c"><input type="reset" name="d">': [],
    '<input name="a" value="1" disabled>': [],
    "<textarea name=a>one\ntwo</textarea>": [("a", "one\ntwo")],
    "<select name=a><option value=1>one<option value=2 selected>two<option value=3>three</select>": [("a", "2")],
    "<select name=a><option value=1>one</option><option value=2>two</option></select>": [("a", "1")],
    "<select name=a><option value='' selected>none</option><option value=2>two</option></select>": [("a", "")],
    "<select name=a><option value=''>none</option><option value=2>two</option></select>": [("a", "")],
    "<select name=a><option>alice smith</option><option>bob</option></select>": [("a", "alice smith")],
    '<div><p><input name="a" value="1"><p></span>': [("a", "1")],
    '<script>document.write("<input name=a value=1>")</script><!-- <input name=b> -->': [],
}


@pytest.mark.parametrize("content", SENT)
def test_fields_are_sent_as_a_browser_does(content: str) -> None:
    assert form(content).entries(None, {}) == SENT[content]


def test_given_values_are_filled_in() -> None:
    page = form('<input name="user"><input name="pin" value="0"><input type="checkbox" name="stay" value="y">')

    assert page.entries(None, {"user": "ann", "pin": "1"}) == [("user", "ann"), ("pin", "1")]
    assert page.entries(None, {"stay": "y"}) == [("user", ""), ("pin", "0"), ("stay", "y")]


def test_the_pressed_button_is_sent_and_no_other() -> None:
    page = form('<button name="d" value="no">Deny</button><button name="d" value="yes">Allow</button>')

    assert page.entries(page.best_button(), {}) == [("d", "yes")]
    assert page.entries(None, {}) == []


def test_fields_a_person_would_fill_are_named() -> None:
    page = form(
        '<input name="a"><input name="b" type="password" required><input name="c" type="email" value="x">'
        '<input name="d" type="hidden"><textarea name="e"></textarea><input type="checkbox" name="f">'
    )

    assert page.asks_for == ["a", "b", "e"]
    assert [one.name for one in page.fields if one.required] == ["b"]


@pytest.mark.parametrize(
    ("attributes", "action", "method"),
    [
        ("", "", "get"),
        ('action="/go" method="POST"', "/go", "post"),
        ("ACTION=/go METHOD=post", "/go", "post"),
        ("action='/go?a=1&amp;b=2'", "/go?a=1&b=2", "get"),
    ],
)
def test_where_a_form_goes(attributes: str, action: str, method: str) -> None:
    found = form("", attributes)

    assert (found.action, found.method) == (action, method)


def test_a_page_may_have_several_forms_or_none() -> None:
    assert parse_forms("<p>nothing</p>") == []
    assert [len(one.fields) for one in parse_forms("<form><input name=a></form><input name=b><form></form>")] == [1, 0]


@pytest.mark.parametrize(
    "page", ["<form", "<form><input", "<form><button>Allow", '<form action="', "<" * 1000, "\0" * 100]
)
def test_broken_markup_is_read_as_far_as_it_goes(page: str) -> None:
    assert len(parse_forms(page)) <= 1
