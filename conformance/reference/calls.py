"""What a method sees of the request it answers, and how it talks to the client meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.reference.client_tasks import AUGMENTATION, ask_as_task
from conformance.reference.faults import Faults
from conformance.reference.inputs import Inputs, Question, lacks, needed_for
from conformance.reference.jsonrpc import JsonObject, RequestId, RpcError, as_object, notification_message
from conformance.reference.notebook import Notebook
from conformance.reference.revisions import PROGRESS_MESSAGES, STATELESS, knows_tasks
from conformance.reference.sessions import Outlet, Session

MISSING_CAPABILITY = -32021

_CAPABILITIES = {
    "sampling/createMessage": "sampling",
    "elicitation/create": "elicitation",
    "roots/list": "roots",
}


class AskError(Exception):
    """The client cannot be asked, refused, or did not answer; the message says which."""


@dataclass(slots=True)
class Call:
    """A request while it is answered.

    `outlet` takes the messages that relate to it. `related` is put into the `_meta` of all of them. `inputs` are the
    answers that came with it in the revision without sessions.
    """

    session: Session
    params: JsonObject
    outlet: Outlet
    faults: Faults
    notebook: Notebook
    id: RequestId
    related: JsonObject = field(default_factory=dict[str, object])
    inputs: Inputs = field(default_factory=Inputs)

    @property
    def meta(self) -> JsonObject:
        """The `_meta` of the request, empty where there is none."""
        return as_object(self.params.get("_meta")) or {}

    def notify(self, method: str, params: JsonObject) -> None:
        """Send a notification that relates to this request."""
        message = notification_message(method, self._tagged(params))
        if self.faults.active("notification-with-id"):
            message["id"] = None
        outlet = self.notebook.by_id.get(self.id, self.outlet)
        outlet.send(message)
        if method == "notifications/message" and self.faults.active("log-on-every-stream"):
            for outlet in self.notebook.outlets:
                if outlet is not self.outlet:
                    outlet.send(message)

    def log(self, level: str, data: object, logger: str = "tools") -> None:
        """Send a log message, unless the client asked for more serious ones only or has had too many."""
        if not self._logs(level) or not (self.session.log_rate.passes() or self.faults.active("log-unlimited")):
            return
        if isinstance(data, str) and self.faults.active("log-level-unknown"):
            level = "warn"
        self.notify("notifications/message", {"level": level, "logger": logger, "data": data})

    def _logs(self, level: str) -> bool:
        if self.faults.active("log-level-ignored"):
            return True
        if not self.session.log_level and self.faults.active("log-without-level"):
            return True
        if self.faults.active("log-level-exact"):
            return level == self.session.log_level
        return self.session.logs(level)

    def progress(self, progress: float, total: float, message: str) -> None:
        """Tell how far the work is, if the client wants to know and has not been told too often."""
        token = self.meta.get("progressToken")
        if token is None and self.faults.active("progress-without-token"):
            token = "progress"  # noqa: S105 - not a secret
        if isinstance(token, bool) or not isinstance(token, str | int):
            return
        if not (self.session.progress_rate.passes() or self.faults.active("progress-unlimited")):
            return
        if progress == total and self.faults.active("progress-token-as-text"):
            token = str(token)
        if self.related and self.faults.active("task-progress-other-token"):
            token = f"{token}-of-task"
        params: JsonObject = {"progressToken": token, "progress": progress, "total": total}
        if self.session.revision >= PROGRESS_MESSAGES:
            params["message"] = message
        if progress == total and self.faults.active("progress-as-text"):
            params["progress"] = str(progress)
        if self.faults.active("progress-on-get-stream"):
            self.session.send(notification_message("notifications/progress", params))
        else:
            self.notify("notifications/progress", params)
        if self.faults.active("progress-on-listen-stream"):
            self.session.send(notification_message("notifications/progress", params))
        if progress == total and self.faults.active("progress-repeated"):
            self.notify("notifications/progress", params)

    async def ask(self, method: str, params: JsonObject) -> JsonObject:
        """Send a request to the client and return its result. Raises AskError.

        In the revision without sessions what is asked goes into the result: see `ask_together`.
        """
        if self.session.revision >= STATELESS:
            key = self.inputs.next_key()
            return self.ask_together({key: (method, params)})[key]
        capability = _CAPABILITIES.get(method)
        asked_anyway = capability and self.faults.active(f"{capability}-asked-undeclared")
        if capability and not self.session.offers(capability) and not asked_anyway:
            raise AskError(f"The client does not offer {capability}")
        if not self.session.initialized and method != "ping":
            raise AskError("The client has not said yet that it is initialized")
        if capability:
            params = params | {"_meta": {"progressToken": self._own_token()}}
        if self.runs_as_task(method):
            return await ask_as_task(self, method, params)
        if capability and self.faults.active("augments-undeclared"):
            params = params | AUGMENTATION
        if method == "roots/list" and self.faults.active("roots-list-invalid"):
            params = {"_meta": "all of them"}
        return await self.ask_plainly(method, params)

    def ask_together(self, questions: Mapping[str, Question]) -> JsonObject:
        """The answers of a client without session to several questions, by their keys.

        Raises InputRequiredError as long as one is missing, and RpcError: -32602 for what is no answer, -32021 where
        the client did not declare that it can answer.
        """
        self.need(questions.values())
        return self.inputs.take(questions)

    async def input_of(self, questions: Sequence[Question]) -> list[JsonObject]:
        """The answers of a client without session, in the way in which the call asks. Raises as `ask_together`."""
        keys = [self.inputs.next_key() for _ in questions]
        answers = self.ask_together(dict(zip(keys, questions, strict=True)))
        return [answers[key] for key in keys]

    def need(self, questions: Iterable[Question]) -> None:
        """See that the client can answer. Raises RpcError(-32021)."""
        for method, params in questions:
            path, anyway = needed_for(method, params), self.faults.active("input-asked-undeclared")
            if lacks(self.session.client, path) and not anyway:
                raise missing_capability(*path)

    def _own_token(self) -> object:
        if self.faults.active("own-progress-token-object"):
            return {"number": self.session.asked}
        return "asked" if self.faults.active("own-progress-tokens-alike") else f"asked-{self.session.asked + 1}"

    def runs_as_task(self, method: str) -> bool:
        """Whether the client declared that it can answer this request later."""
        return knows_tasks(self.session.revision) and self.session.offers("tasks", "requests", *method.split("/"))

    async def ask_plainly(self, method: str, params: JsonObject) -> JsonObject:
        """Send a request to the client, whatever it declared, and return its result. Raises AskError."""
        try:
            response = await self.session.ask(method, self._tagged(params), self.outlet)
        except TimeoutError:
            raise AskError(f"The client did not answer {method}") from None
        result = as_object(response.result)
        if result is None:
            error = as_object(response.error) or {}
            raise AskError(f"The client refused {method}: {str(error.get('message'))[:200]}")
        return result

    def _tagged(self, params: JsonObject) -> JsonObject:
        return params | {"_meta": {**params.get("_meta", {}), **self.related}} if self.related else params


def missing_capability(*path: str) -> RpcError:
    """The refusal of a request that cannot be answered without a capability."""
    required: JsonObject = {}
    for name in reversed(path):
        required = {name: required}
    wanted = ".".join(path)
    return RpcError(MISSING_CAPABILITY, f"The client does not declare {wanted}", {"requiredCapabilities": required})
