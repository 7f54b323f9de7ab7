"""Clients of ours that are known by the URL of a metadata document (draft-ietf-oauth-client-id-metadata-document)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from conformance.oauth.authorization import AuthorizationAnswer
from conformance.oauth.documents import Document, DocumentServer, Hosted
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import CLIENT_NAME, Client
from conformance.shapes import as_list
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import is_loopback

ADVERTISED = "client_id_metadata_document_supported"
_A_MOMENT = 0.5
_ADVICE = "give --document-origin, or --client-metadata-url for what one good document can show"
_PURPOSE = "authorization request of a client with a metadata document"


@dataclass(frozen=True)
class Asked:
    """An authorization request of such a client. `fetched`: its document was asked for, now or at an earlier one."""

    client: Client
    answer: AuthorizationAnswer
    fetched: bool

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.answer.exchange

    @property
    def accepted(self) -> bool:
        """Whether the client was found good: a code, a consent page, or a login once its document was fetched."""
        return self.answer.accepted or (self.answer.undecided and self.fetched)

    @property
    def undecided(self) -> bool:
        """Whether a login comes before anybody looks at the document."""
        return self.answer.undecided and not self.fetched

    @property
    def summary(self) -> str:
        """One line without secrets."""
        return f"{self.answer.summary}, {'after' if self.fetched else 'without'} a fetch of the document"


class DocumentClients:
    """Makes such clients and asks for an authorization in their name.

    Args:
        oauth: the flow against the authorization server.
        documents: the server of documents that the authorization server is to fetch.
        given: the https URL of a document that the user hosts; empty where there is none.
    """

    def __init__(self, oauth: OAuthFlow, documents: DocumentServer, given: str = "") -> None:
        self.oauth = oauth
        self.documents = documents
        self.given = given

    @property
    def advertised(self) -> object:
        """What the server metadata says of its support; None where it says nothing."""
        return self.oauth.discovery.server_metadata.get(ADVERTISED)

    @property
    def control(self) -> Asked:
        """The request of a client whose document is in order: the one the user hosts, else one of ours.

        Raises NotApplicable, CouldNotRun where there is none that the server fetches.
        """
        return self._of_given if self.given else self.own

    @property
    def own(self) -> Asked:
        """The request of a client whose document is in order and hosted by us.

        Raises NotApplicable, CouldNotRun where the server fetches no documents of ours.
        """
        if self.documents.local and not is_loopback(self.oauth.endpoint("authorization_endpoint")):
            raise NotApplicable(f"only a server on this machine can fetch documents of ours; {_ADVICE}")
        asked = self._of_own
        if asked.fetched or asked.answer.accepted or asked.answer.undecided:
            return asked
        if self.documents.local and asked.answer.refused:
            raise NotApplicable(
                f"the server fetches no documents over http from this machine, which it need not ({asked.summary});"
                f" {_ADVICE}"
            )
        raise CouldNotRun(f"the server did not come to {self.documents.origin} for a document ({asked.summary})")

    def need_accepted(self) -> Asked:
        """`control`, once the server accepted it. Raises NotApplicable, CouldNotRun otherwise."""
        return _accepted(self.control)

    def need_own(self) -> None:
        """Go on only where the server accepts a client whose document we host. Raises NotApplicable, CouldNotRun."""
        _accepted(self.own)

    def members(self, url: str, /, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """The members of a document that is in order but for the changes; `...` leaves one out."""
        members = {
            "client_id": url,
            "client_name": CLIENT_NAME,
            "redirect_uris": [self.oauth.redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "native",
        } | changes
        return {name: value for name, value in members.items() if value is not ...}

    def host(self, make: Callable[[dict[str, Any]], Document] = Document.of, **changes: Any) -> Hosted:  # noqa: ANN401
        """Serve a document with these changes; `make` turns its members into what is served, by default JSON."""
        hosted = self.documents.host()
        hosted.document = make(self.members(hosted.url, **changes))
        return hosted

    def ask(self, hosted: Hosted, client_id: str = "", redirect_uri: str = "") -> Asked:
        """Request an authorization; `client_id` is the URL of the document unless given. Raises NoAnswer."""
        listed = self.oauth.redirect_uri
        client = Client(client_id or hosted.url, redirect_uri or listed, redirect_uris=(listed,))
        answer = self.oauth.ask(client, purpose=_PURPOSE)
        return Asked(client, answer, hosted.fetched(within=_A_MOMENT if answer.undecided else 0.0))

    def ask_under(self, spoil: Callable[[str], str], path: str = "") -> Asked:
        """Request an authorization with another URL of a hosted document, which names that URL. Raises NoAnswer."""
        hosted = self.documents.host(path=path)
        client_id = spoil(hosted.url)
        hosted.document = Document.of(self.members(client_id))
        return self.ask(hosted, client_id)

    def ask_as(self, client: Client) -> Asked:
        """Request an authorization for a client whose document we do not see fetched. Raises NoAnswer."""
        return Asked(client, self.oauth.ask(client, purpose=_PURPOSE), fetched=False)

    def ask_to_redirect(self, redirect_uri: str) -> Asked:
        """Request an authorization as `control` does, but with another redirect URI. Raises NoAnswer."""
        if self.given:
            return self.ask_as(replace(self.control.client, redirect_uri=redirect_uri))
        return self.ask(self.host(), redirect_uri=redirect_uri)

    @cached_property
    def unkept(self) -> Hosted:
        """The document of `own`, which forbids to keep it."""
        return self.host(lambda good: Document.of(good, Cache_Control="no-store"))

    @cached_property
    def _of_own(self) -> Asked:
        return self.ask(self.unkept)

    @cached_property
    def _of_given(self) -> Asked:
        reply = self.oauth.http.get(self.given, channel="metadata", purpose="client metadata document")
        uris = tuple(one for one in as_list(reply.json_object.get("redirect_uris")) if isinstance(one, str))
        if not uris:
            raise CouldNotRun(f"{self.given} is no client metadata document with redirect_uris ({reply.summary})")
        usable = next((uri for uri in uris if is_loopback(uri)), uris[0])
        return self.ask_as(Client(self.given, usable, redirect_uris=uris))


def _accepted(asked: Asked) -> Asked:
    if asked.undecided:
        raise CouldNotRun(f"a login comes before the server looks at any document ({asked.summary})")
    if not asked.accepted:
        raise CouldNotRun(f"a document that is in order is refused too ({asked.summary})")
    return asked
