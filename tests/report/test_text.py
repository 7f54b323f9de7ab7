"""Hostile text made visible."""

import pytest

from conformance.report.text import cut, one_line, plural, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ASCII, and \t tab\nline", "plain ASCII, and \t tab\nline"),
        ("Grüße, 日本語\u3000空白, emoji 🎉", "Grüße, 日本語\u3000空白, emoji 🎉"),
        ("user\u202eexe.txt", "user\\u202eexe.txt"),
        ("\u2066a\u2069\u200e\u200f\u061c", "\\u2066a\\u2069\\u200e\\u200f\\u061c"),
        ("zero\u200bwidth\ufeff\u00ad\u2060", "zero\\u200bwidth\\ufeff\\u00ad\\u2060"),
        ("\x00\x07\x1b[31m\x9b\r\x7f", "\\u0000\\u0007\\u001b[31m\\u009b\\u000d\\u007f"),
        ("\ud800 alone", "\\ud800 alone"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("tag\U000e0041 selector\U000e0101", "tag\\U000e0041 selector\\U000e0101"),
        ("\u3164\uffa0\u034f", "\\u3164\\uffa0\\u034f"),
        ("private\ue000", "private\\ue000"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "\\u0301" * 2),
    ],
)
def test_what_cannot_be_seen_becomes_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_visible_text_stays_as_it_is_and_is_always_encodable() -> None:
    every = "".join(map(chr, range(0x11000)))
    once = visible(every)

    assert visible(once) == once
    assert once.encode("utf-8")


def test_a_cut_says_how_much_is_missing() -> None:
    assert cut("short", 5) == "short"
    assert cut("x" * 1_500, 100) == "x" * 100 + "… (1,400 more characters)"
    assert cut("", 0) == ""


def test_one_line_is_one_line() -> None:
    assert one_line("a\nb\tc\r\nd") == "a\\nb\\tc\\u000d\\nd"


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [(1, "tool", "1 tool"), (0, "tool", "0 tools"), (2, "advisory", "2 advisories"), (1200, "key", "1,200 keys")],
)
def test_counts_have_the_right_noun(number: int, noun: str, text: str) -> None:
    assert plural(number, noun) == text
