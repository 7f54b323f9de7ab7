"""Takes the survey step by step."""

from conformance.oauth.oddities import oddities
from conformance.settings import Settings
from conformance.survey.closed import Closed
from conformance.survey.handshake import Handshake
from conformance.survey.login import LoggingIn
from conformance.survey.reach import Reaching
from conformance.survey.record import Survey
from conformance.survey.spares import Spares
from conformance.survey.steps import Say, Stop
from conformance.wire.http import HttpClient


class Surveyor:
    """Takes the survey step by step.

    Args:
        settings: what the user asked for.
        http: sends and records.
        say: prints a line about the step that starts; called again with its result.
        tell: prints a line to the person who approves.
        spares: to whom the session is left.
    """

    def __init__(self, settings: Settings, http: HttpClient, say: Say, tell: Say, spares: Spares | None = None) -> None:
        self._spares = spares or Spares(0)
        self.survey = Survey(settings.target, settings.target_env)
        shared = (settings, http, say, tell, self.survey)
        self._reaching, self._logging_in = Reaching(*shared), LoggingIn(*shared)
        self._handshake, self._closed = Handshake(*shared), Closed(*shared)

    def run(self) -> Survey:
        """Take all steps; a failing one ends the survey, which is returned either way."""
        survey = self.survey
        try:
            self._reaching.reach()
            self._closed.look_at_opening()
            guarded = survey.protected
            if guarded:
                self._log_in()
            self._look_around()
            if survey.closed and not guarded:
                self._log_in()
                with self._spares.lend(self._handshake.reopen) as connection:
                    self._handshake.list(connection)
            self._closed.learn_sessions()
        except Stop as stop:
            survey.failure = stop.failure
        if survey.discovery:
            tokens = survey.login.tokens if survey.login else None
            survey.notes += oddities(survey.discovery, tokens.reply if tokens else None)
        return survey

    def _log_in(self) -> None:
        self._logging_in.discover()
        self._logging_in.log_in()

    def _look_around(self) -> None:
        """The handshake, the lists, and whether one of them or a call of a tool needs the token that we lack."""
        with self._spares.lend(lambda: self._handshake.negotiate(self._reaching.session)) as connection:
            self._handshake.list(connection)
            if not self.survey.protected:
                self._closed.look(connection)
            if self.survey.closed:
                connection.close()
