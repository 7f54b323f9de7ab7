"""A session that its client ended, and what becomes of requests that name it."""

from dataclasses import dataclass, field

from conformance.ceremony.sessions import ordinary, session
from conformance.probe import Probe
from conformance.verdict import NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.http import Reply


@dataclass(frozen=True)
class EndedSession:
    """The answer to the DELETE of a session, and where that succeeded those to requests that name it.

    `notified` is the answer to a notification.
    """

    deleted: Reply
    requests: dict[str, Reply] = field(default_factory=dict[str, Reply])
    notified: Reply | None = None

    @classmethod
    def perform(cls, probe: Probe) -> "EndedSession":
        """End a session and go on with its id. Raises NotApplicable where there are no ids, CouldNotRun, NoAnswer."""
        with session(probe, listening=False) as inside:
            if not inside.session_id:
                raise NotApplicable("the server uses no session id")
            deleted = inside.craft("DELETE", "end of the session")
            if not deleted.ok:
                return cls(deleted)
            message = ordinary(probe.survey, "ended")
            requests = {
                "a message": inside.craft("POST", f"{message['method']} in an ended session", message),
                "a GET": inside.craft("GET", "event stream of an ended session"),
            }
            note = jsonrpc.notification("notifications/cancelled", {"requestId": "none"})
            notified = inside.craft("POST", "notification in an ended session", note)
            if any(one.ok for one in requests.values()):
                inside.close()
            inside.session_id = None
            return cls(deleted, requests, notified)
