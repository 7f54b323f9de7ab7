"""The handshake with the target, and its lists."""

from contextlib import suppress
from dataclasses import replace

from conformance.survey.connections import close_quietly, closing, connect, walk
from conformance.survey.record import CAPABILITY_OF, LISTS, Failure, bounded
from conformance.survey.steps import Steps, Stop
from conformance.wire.connection import HANDSHAKE_REVISIONS, REVISIONS, STATELESS_REVISION, Answer, Connection
from conformance.wire.http import NoAnswer, join_url
from conformance.wire.stateless import StatelessHttp


class Handshake(Steps):
    """Negotiates a revision and lists what the server offers."""

    def negotiate(self, begun: Connection | None = None) -> Connection:
        """Open a session, or find that each request stands alone; see which other revisions there are. Raises Stop.

        A session that was `begun` with `initialize` goes on.
        """
        session = self._negotiate_session(begun) if self.wanted != STATELESS_REVISION else None
        return session or self._negotiate_stateless()

    def _negotiate_session(self, begun: Connection | None) -> Connection | None:
        """Open a session. None where the user asked for no revision and the server speaks the one without sessions.

        Raises Stop.
        """
        survey = self.survey
        with self.step("negotiate", "negotiating the revision") as detail:
            sent = f"initialize asking for {self.wanted}"
            try:
                connection = begun or connect(survey, self.http)
            except NoAnswer as failure:
                raise Stop(Failure("negotiate", str(failure), "see the exchange in the report", sent)) from None
            try:
                answer = connection.ready(begun.opening) if begun and begun.opening else connection.open(self.wanted)
                if not self.settings.revision and self._has_no_sessions(answer):
                    close_quietly(connection)
                    detail.append("refused, for it has no sessions")
                    return None
                if answer.result is None:
                    survey.opening = answer if answer.response is not None else None
                    self._refused(answer, sent)
                survey.opening, survey.revision = answer, connection.revision
                survey.handshakes[self.wanted] = answer
                self._other_revisions()
                detail.append(f"grants {', '.join(bounded(list(survey.revisions), 40)) or 'no known revision'}")
                if survey.revision != self.wanted and (
                    self.settings.revision or survey.revision not in HANDSHAKE_REVISIONS
                ):
                    sentence = f"the server grants revision {bounded(survey.revision, 40) or 'none'}, not {self.wanted}"
                    advice = f"--revision takes one of {', '.join(REVISIONS)}"
                    raise Stop(Failure("negotiate", sentence, advice, sent, answer.summary))
                if not self.settings.revision and STATELESS_REVISION in survey.revisions:
                    close_quietly(connection)
                    return None
            except NoAnswer as failure:
                close_quietly(connection)
                raise Stop(Failure("negotiate", str(failure), self._on_silence, sent)) from None
            except Stop:
                close_quietly(connection)
                raise
        return connection

    def reopen(self) -> Connection:
        """Begin anew with the token where it went without. Raises Stop."""
        survey, sent = self.survey, "first request with the token"
        revision, survey.opening = survey.revision, None
        survey.revision = STATELESS_REVISION if survey.stateless else ""
        with self.step("open", "opening a session with the token"):
            try:
                connection = connect(survey, self.http)
                answer = connection.open(revision)
            except NoAnswer as failure:
                raise Stop(Failure("open", str(failure), "", sent)) from None
            if answer.result is None:
                self._refused(answer, sent)
            survey.opening, survey.revision = answer, revision
        return connection

    @property
    def _on_silence(self) -> str:
        """What to try where nothing answers."""
        started = self.survey.transport == "stdio"
        return "does the server need a variable of your environment? --target-env NAME passes it on" if started else ""

    def _refused(self, answer: Answer, sent: str) -> None:
        if answer.http.status in (401, 403):
            advice = (
                "check the scopes and the audience of the token"
                if not self.settings.token
                else "is --token still valid?"
            )
            raise Stop(Failure("negotiate", "the MCP server refuses the access token", advice, sent, answer.summary))
        sentence = f"{sent.partition(' ')[0]} was not answered with a result ({answer.summary})"
        raise Stop(Failure("negotiate", sentence, self._advice_on(answer), sent, answer.summary))

    def _advice_on(self, answer: Answer) -> str:
        """What to try where the first request with the token is refused, and not for the token."""
        if answer.http.redirect:
            there = bounded(join_url(self.survey.endpoint, answer.http.redirect))
            return f"it redirects; give {there} as --target-url"
        if answer.http.status in (404, 405) and self.survey.transport == "streamable-http":
            return "does the server speak HTTP+SSE? --transport http+sse tries that"
        return ""

    def _other_revisions(self) -> None:
        survey = self.survey
        for revision in HANDSHAKE_REVISIONS:
            if revision not in survey.handshakes:
                with closing(connect(survey, self.http)) as other:
                    survey.handshakes[revision] = other.initialize(revision)
        survey.revisions = self._granted()
        if self._speaks_stateless():
            survey.revisions = (STATELESS_REVISION, *survey.revisions)

    def _granted(self) -> tuple[str, ...]:
        """The revisions that were granted in a handshake, the newest first."""
        granted = [(one.result or {}).get("protocolVersion") for one in self.survey.handshakes.values()]
        return tuple(sorted({one for one in granted if isinstance(one, str)}, reverse=True))

    def _has_no_sessions(self, opening: Answer) -> bool:
        refused = opening.result is None and opening.http.status not in (401, 403)
        return refused and self._speaks_stateless()

    def _speaks_stateless(self) -> bool:
        """Whether `server/discover` is answered as revision 2026-07-28 wants it; older servers may end over it."""
        survey = replace(self.survey, revision=STATELESS_REVISION, opening=None)
        if survey.transport == "http+sse":
            return False
        with suppress(NoAnswer), closing(connect(survey, self.http)) as other:
            return "supportedVersions" in (other.open(STATELESS_REVISION).result or {})
        return False

    def _negotiate_stateless(self) -> Connection:
        """Discover the server in the revision without handshake, and see whether it grants one with handshake too."""
        survey, wanted = self.survey, HANDSHAKE_REVISIONS[-1]
        with self.step("negotiate", f"discovering the server in revision {STATELESS_REVISION}") as detail:
            if survey.transport == "http+sse":
                sentence = f"revision {STATELESS_REVISION} has no HTTP+SSE, over which the target is reached"
                raise Stop(Failure("negotiate", sentence, "leave out --transport", "server/discover"))
            survey.revision, survey.opening = STATELESS_REVISION, None
            try:
                connection = connect(survey, self.http)
                answer = connection.open(STATELESS_REVISION)
                if answer.result is None:
                    survey.revision, survey.opening = "", answer if answer.response is not None else None
                    self._refused(answer, "server/discover")
            except NoAnswer as failure:
                survey.revision = ""
                raise Stop(Failure("negotiate", str(failure), self._on_silence, "server/discover")) from None
            if wanted not in survey.handshakes:
                with suppress(NoAnswer), closing(connect(replace(survey, revision=wanted), self.http)) as other:
                    survey.handshakes[wanted] = other.initialize(wanted)
            survey.opening = answer
            survey.revisions = (STATELESS_REVISION, *self._granted())
            detail.append(f"answers server/discover, {'and' if self._granted() else 'but not'} initialize")
        return connection

    def list(self, connection: Connection) -> None:
        """Walk through the lists. Raises Stop."""
        survey = self.survey
        try:
            with self.step("list", "listing tools, resources and prompts") as detail:
                for method, name in LISTS.items():
                    if CAPABILITY_OF.get(method, "resources") in survey.capabilities:
                        listing = survey.listings[method] = walk(connection, method)
                        if isinstance(connection, StatelessHttp):
                            connection.know(survey.tools)
                        detail.append(f"{len(listing.items)} {name}")
        except NoAnswer as failure:
            raise Stop(Failure("list", str(failure), "", "list requests")) from None
