"""Binary data, media types, URIs and templates of URIs are told from what only looks like them."""

import pytest

from conformance.content import base64_error, is_media_type, is_template, is_uri, may_expand_to, variables_of


@pytest.mark.parametrize(
    "value",
    ["a:b", "urn:x:y", "mailto:a@b.c", "file:///a/b%20c", "http://[::1]:8/x?q#f", "memo:", "my+app.x-1://y/z", "x://"],
)
def test_uris_are_recognised(value: str) -> None:
    assert is_uri(value)


@pytest.mark.parametrize(
    "value",
    ["", "guide", "/a", "a b:c", "my_app://x", "x://a b", "x://é", "1a://b", "x://%zz", "test://{id}", "x://y\n"],
)
def test_what_is_no_uri_is_not_taken_for_one(value: str) -> None:
    assert not is_uri(value)


@pytest.mark.parametrize(
    ("template", "variables"),
    [
        ("x://y", []),
        ("x://{a}", ["a"]),
        ("x{?a,b}", ["a", "b"]),
        ("{+path*}", ["path"]),
        ("{a:3}/é", ["a"]),
        ("{a.b_c}", ["a.b_c"]),
    ],
)
def test_templates_are_recognised_and_their_variables_found(template: str, variables: list[str]) -> None:
    assert is_template(template)
    assert variables_of(template) == variables


@pytest.mark.parametrize("value", ["{", "}", "{}", "{a", "a}", "{a b}", "x{a-b}", "a b", "{a:0}", "{{a}}"])
def test_what_is_no_template_is_not_taken_for_one(value: str) -> None:
    assert not is_template(value)


def test_a_template_matches_what_it_may_expand_to() -> None:
    assert may_expand_to("x://{name}/data", "x://1/2/data")
    assert may_expand_to("{+any}", "no uri at all")
    assert not may_expand_to("x://{name}/data", "x://1")
    assert not may_expand_to("x://a.c", "x://abc")


@pytest.mark.parametrize("value", ["", "QQ==", "QUI=", "QUJD", "+/+/"])
def test_base64_decodes(value: str) -> None:
    assert base64_error(value) == ""


@pytest.mark.parametrize("value", [None, 5, "Q", "QQ", "QQ=", "Q Q=", "QUJ\nD", "-_-_", "data:,QQ==", "é"])
def test_what_is_no_base64_is_told(value: object) -> None:
    assert base64_error(value)


def test_media_types_have_two_parts() -> None:
    assert all(map(is_media_type, ("text/plain", "image/svg+xml", "text/html; charset=utf-8", "inode/directory")))
    assert not any(map(is_media_type, (None, "", "text", "text/", "/plain", "text/pl ain")))


def test_no_template_of_a_server_makes_matching_long() -> None:
    template = "".join(f"{{a{number}}}a" for number in range(200))

    assert may_expand_to(template, "a" * 200)
    assert not may_expand_to(template, "a" * 150 + "b")


@pytest.mark.parametrize(
    ("template", "uri", "may"),
    [
        ("ab{x}ba", "aba", False),
        ("ab{x}ba", "abba", True),
        ("{x}b{y}b", "ab", False),
        ("{x}b{y}b", "abb", True),
        ("a{x}", "a\nb", True),
        ("", "", True),
    ],
)
def test_the_parts_of_a_template_do_not_overlap(template: str, uri: str, may: bool) -> None:
    assert may_expand_to(template, uri) is may
