"""What the target offers by the names of the field's own conformance fixture, so that its behaviour can be provoked."""

from dataclasses import dataclass
from typing import Any

from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.verdict import NotApplicable


@dataclass(frozen=True)
class Offered:
    """Looks up tools, resources and prompts whose behaviour their names promise."""

    survey: Survey

    def tool(self, *names: str) -> str:
        """The first of these tools that is listed. Raises NotApplicable where none is."""
        return self._one_of("tool", names, {str(tool.get("name")) for tool in self.survey.tools})

    def find_tool(self, *names: str) -> str:
        """The first of these tools that is listed, empty where none is."""
        listed = {str(tool.get("name")) for tool in self.survey.tools}
        return next((one for one in names if one in listed), "")

    def resource(self, *uris: str) -> str:
        """The first of these resources that is listed. Raises NotApplicable where none is."""
        return self._one_of("resource", uris, self._members("resources/list", "uri"))

    def has_resource(self, uri: str) -> bool:
        """Whether a resource is listed."""
        return uri in self._members("resources/list", "uri")

    def template(self, *templates: str) -> str:
        """The first of these resource templates that is listed. Raises NotApplicable where none is."""
        return self._one_of("resource template", templates, self._members("resources/templates/list", "uriTemplate"))

    def prompt(self, *names: str) -> str:
        """The first of these prompts that is listed. Raises NotApplicable where none is."""
        return self._one_of("prompt", names, self._members("prompts/list", "name"))

    def quick(self) -> tuple[str, dict[str, Any] | None]:
        """Method and params of a request that is quickly answered: a call where the tool is known."""
        tool, quick = self.find_tool("test_simple_text"), "server/discover" if self.survey.stateless else "ping"
        return ("tools/call", {"name": tool, "arguments": {}}) if tool else (quick, None)

    def _members(self, method: str, member: str) -> set[Any]:
        listing = self.survey.listings.get(method)
        return {str(as_object(item).get(member)) for item in listing.items} if listing else set()

    def _one_of(self, kind: str, wanted: tuple[str, ...], listed: set[str]) -> str:
        for one in wanted:
            if one in listed:
                return one
        raise NotApplicable(f"the server offers no {kind} {' or '.join(wanted)}, which would show it")
