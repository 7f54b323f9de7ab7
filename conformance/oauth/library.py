"""Documents that only checks look at, each fetched at most once in a run."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.oauth.discovery import Discovery
from conformance.oauth.metadata import Document, look
from conformance.once import Once
from conformance.wire.http import HttpClient, Reply


@dataclass(frozen=True)
class Library:
    """What is at a URL: what the survey found there, else what is fetched when a check first asks."""

    discovery: Discovery
    http: HttpClient
    once: Once

    def look(self, url: str, form: str = "") -> Document | None:
        """A place of metadata, asked as a client of the audited revision does; None where nothing answers."""
        places = [one for server in self.discovery.servers for one in server.documents]
        known = next((one for one in (*self.discovery.resource_documents, *places) if one.url == url), None)
        return known or look(self._get, url, form, f"metadata {form}".strip())

    def all(self, places: Sequence[tuple[str, str]]) -> list[Document]:
        """The documents found at places, given as (form, url)."""
        looked = [self.look(url, form) for form, url in places]
        return [one for one in looked if one and one.content]

    def get(self, url: str, purpose: str, version: str | None) -> Reply:
        """A plain GET with this MCP-Protocol-Version, or without one. Raises NoAnswer."""
        headers = {"Accept": "application/json"} | ({"MCP-Protocol-Version": version} if version else {})
        return self.once(
            f"GET {url} {version}", lambda: self.http.get(url, channel="metadata", purpose=purpose, headers=headers)
        )

    def _get(self, url: str, purpose: str) -> Reply:
        return self.get(url, purpose, self.discovery.revision)
