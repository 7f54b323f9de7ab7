"""Hostile text made safe to look at: nothing invisible, nothing that reorders or redraws, bounded length.

Escaping for a markup language is not done here; the writer of that language does it.
"""

import re
import unicodedata

# Printable by category, yet drawn as nothing: combining grapheme joiner, Hangul fillers, variation
# selectors of the supplementary plane.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\U000e0100-\U000e01ef]")
_MARKS_IN_A_ROW = 4


def visible(text: str) -> str:
    r"""The text with every character a reader could not see, or that moves others, as an escape.

    Controls (line feed and tab excepted), bidirectional marks and overrides, zero-width characters, line
    and paragraph separators, private, unassigned and lone surrogate code points become `\u202e` or
    `\U000e0041`; so do combining marks after the fourth on one letter.
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    out: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        shown = char in "\n\t" or char.isprintable() or category == "Zs"
        if shown and marks <= _MARKS_IN_A_ROW and not _BLANK.match(char):
            out.append(char)
        else:
            out.append(escaped(char))
    return "".join(out)


def escaped(char: str) -> str:
    r"""One character as `\u` and four, or `\U` and eight hexadecimal digits."""
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of the text, followed by how many are missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def one_line(text: str, limit: int = 200) -> str:
    r"""The text cut, made visible, and on one line: line feeds and tabs become `\n` and `\t`."""
    return visible(cut(text, limit)).replace("\n", "\\n").replace("\t", "\\t")


def plural(number: int, noun: str) -> str:
    """`1 tool`, `4 tools`, `2 summaries`."""
    return f"{number:,} {noun if number == 1 else plural_noun(noun)}"


def plural_noun(noun: str) -> str:
    """The plural of a regular noun."""
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy")):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch")) else f"{noun}s"
