"""HTML forms of login and consent pages, as far as a client without scripts can use them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

APPROVES = 2
"""The `approval` of a button that surely means yes."""
_APPROVING = ("allow", "approve", "authorize", "authorise", "accept", "grant", "agree", "consent", "yes")
_GOING_ON = ("continue", "confirm", "sign in", "log in", "login", "signin", "submit", "next", "ok")
_REFUSING = ("deny", "cancel", "reject", "decline", "refuse", "disallow", "not", "don", "no", "back", "abort")


@dataclass
class Field:
    """An input, select or textarea with the value a browser would send."""

    name: str
    kind: str
    value: str = ""
    required: bool = False
    sent: bool = True


@dataclass
class Button:
    """A submit button; `text` is all that a person could read on it."""

    name: str
    value: str
    text: str

    @property
    def words(self) -> str:
        """Everything that tells what the button does, in lower case."""
        return f"{self.text} {self.value} {self.name}".lower()

    @property
    def approval(self) -> int:
        """How surely the button means yes: negative when it means no. Its name counts where its text says nothing."""
        return _approval(f"{self.text} {self.value}") or _approval(self.name)


def _approval(label: str) -> int:
    label = label.lower()
    words = re.findall(r"[^\W_]+", label)
    if any(word in words if len(word) < 5 else word in label for word in _REFUSING):
        return -1
    if any(word in label for word in _APPROVING):
        return APPROVES
    return 1 if any(word in label for word in _GOING_ON) else 0


@dataclass
class Form:
    """One form of a page."""

    action: str = ""
    method: str = "get"
    fields: list[Field] = field(default_factory=list[Field])
    buttons: list[Button] = field(default_factory=list[Button])

    @property
    def asks_for(self) -> list[str]:
        """Names of fields that a person would have to fill."""
        typed = ("text", "password", "email", "tel", "number", "textarea")
        return [one.name for one in self.fields if one.kind in typed and not one.value]

    def best_button(self, wanted: str = "") -> Button | None:
        """The button with the wanted text, else the most approving one; None when all refuse."""
        if wanted:
            return next((one for one in self.buttons if wanted.lower() in one.words), None)
        willing = [one for one in self.buttons if one.approval >= 0]
        return max(willing, key=lambda one: one.approval, default=None)

    @property
    def refusing_button(self) -> Button | None:
        """The first button that means no."""
        return next((one for one in self.buttons if one.approval < 0), None)

    def entries(self, button: Button | None, values: Mapping[str, str]) -> list[tuple[str, str]]:
        """What a browser would submit after a person filled in `values` and pressed the button."""
        sent = [
            (one.name, values.get(one.name, one.value))
            for one in self.fields
            if one.name and (one.sent or one.name in values)
        ]
        return [*sent, (button.name, button.value)] if button and button.name else sent


@lru_cache(8)
def parse_forms(page: str) -> Sequence[Form]:
    """All forms of a page, in order; broken markup is read as far as it goes."""
    parser = _FormParser()
    parser.feed(page)
    parser.close()
    return parser.forms


class _FormParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._button: Button | None = None
        self._select: Field | None = None
        self._option = False
        self._first = False
        self._textarea: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(attributes.get("action", ""), attributes.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None or "disabled" in attributes:
            return
        elif tag == "input":
            self._input(self._form, attributes)
        elif tag == "button" and attributes.get("type", "submit").lower() == "submit":
            self._button = Button(attributes.get("name", ""), attributes.get("value", ""), "")
            self._form.buttons.append(self._button)
        elif tag == "textarea":
            self._textarea = Field(attributes.get("name", ""), "textarea", "", "required" in attributes)
            self._form.fields.append(self._textarea)
        elif tag == "select":
            self._select = Field(attributes.get("name", ""), "select", "", "required" in attributes)
            self._form.fields.append(self._select)
            self._first = True
        elif tag == "option" and self._select and ("selected" in attributes or self._first):
            self._first = False
            self._select.value = attributes.get("value", "")
            self._option = "value" not in attributes

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "option":
            self._option = False
        elif tag == "select":
            self._select, self._option = None, False
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._button:
            self._button.text = f"{self._button.text} {data.strip()}".strip()
        elif self._select and self._option:
            self._select.value = f"{self._select.value} {data.strip()}".strip()
        elif self._textarea:
            self._textarea.value += data

    @staticmethod
    def _input(form: Form, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("type", "text").lower()
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if kind in ("submit", "image"):
            form.buttons.append(Button(name, value, value or "Submit"))
        elif kind in ("checkbox", "radio"):
            form.fields.append(Field(name, kind, value or "on", "required" in attributes, "checked" in attributes))
        elif kind not in ("button", "reset", "file"):
            form.fields.append(Field(name, kind, value, "required" in attributes))
