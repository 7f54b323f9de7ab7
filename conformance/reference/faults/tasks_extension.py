"""Tasks of the extension io.modelcontextprotocol/tasks (revision 2026-07-28)."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, revision="2026-07-28", profile="modern")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "task-extension-undeclared",
        "tasks-extension.declared-where-used",
        "Clients take a task that nobody announced for a broken result.",
        "*",
    ),
    _fault(
        "task-for-undeclaring-client",
        "jsonrpc.result-type-is-known lifecycle.extension-falls-back tasks-extension.no-task-undeclared",
        "Clients that know no tasks lose the result.",
    ),
    _fault(
        "undeclared-call-other-code",
        "tasks-extension.undeclared-call-refusal-code",
        "Clients take a capability that they lack for a broken tool.",
    ),
    _fault(
        "missing-extension-not-named",
        "tasks-extension.missing-capability-names-extension",
        "Clients do not know what is missing.",
    ),
    _fault(
        "task-methods-for-all-clients",
        "tasks-extension.methods-need-capability",
        "Clients that know no tasks misread the answers.",
    ),
    _fault(
        "task-notices-for-all-clients",
        "tasks-extension.listen-needs-capability",
        "Clients get notifications that they cannot read.",
    ),
    _fault(
        "tasks-listed-without-sessions",
        "tasks-extension.former-methods-unknown",
        "Everybody sees the tasks of everybody.",
    ),
    _fault(
        "former-task-member-refused",
        "tasks-extension.former-member-ignored",
        "Clients of several revisions cannot call any tool.",
    ),
    _fault(
        "name-asked-within-task",
        "tasks-extension.input-before-creation",
        "Users are asked when they have long turned away.",
    ),
    _fault(
        "created-task-as-complete",
        "tasks-extension.created-with-result-type",
        "Clients take the task for an empty result.",
    ),
    _fault(
        "task-state-as-creation",
        "tasks-extension.result-type-task-reserved tasks-extension.answers-are-complete",
        "Clients begin to poll anew, and never come to an end.",
    ),
    _fault(
        "cancel-with-own-result-type",
        "jsonrpc.result-type-is-known lifecycle.extension-falls-back tasks-extension.answers-are-complete",
        "Clients cannot read the acknowledgement.",
    ),
    _fault(
        "created-task-without-ttl",
        "tasks-extension.created-task-complete",
        "Clients do not know how long their result is kept.",
    ),
    _fault(
        "first-task-created-too-early",
        "tasks-extension.created-durably",
        "Clients that look at once take their task for lost.",
    ),
    _fault(
        "created-task-with-state",
        "tasks-extension.no-members-of-other-results",
        "Clients take the task for a question.",
    ),
    _fault(
        "durable-created-at-unreadable",
        "tasks-extension.times-readable",
        "Clients cannot tell when a task ends.",
    ),
    _fault(
        "task-state-without-update-time",
        "tasks-extension.state-complete",
        "Strict clients refuse the state, and the result with it.",
    ),
    _fault(
        "completed-task-without-result",
        "tasks-extension.completed-with-result",
        "The result is lost.",
    ),
    _fault(
        "failed-task-without-error",
        "tasks-extension.failed-with-error",
        "Nobody learns what went wrong.",
    ),
    _fault(
        "failed-task-unexplained",
        "tasks-extension.failed-with-status-message",
        "Users see that something failed, and not what.",
    ),
    _fault(
        "tool-error-as-failed-task",
        "tasks-extension.tool-error-is-completed",
        "The model does not see what it could mend.",
    ),
    _fault(
        "ended-task-cancelled",
        "tasks-extension.end-is-final",
        "Clients tell their users that what was done was not.",
    ),
    _fault(
        "ended-task-forgotten",
        "tasks-extension.kept-for-ttl",
        "Clients that were away for a moment lose their result.",
        "tasks-extension.end-is-final",
    ),
    _fault(
        "gone-task-other-code",
        "tasks-extension.unknown-task-code",
        "Clients look for ever at a task that is gone.",
    ),
    _fault(
        "gone-task-update-other-code",
        "tasks-extension.unknown-task-other-methods-code",
        "Clients believe that their answer has arrived.",
    ),
    _fault(
        "gone-task-unexplained",
        "tasks-extension.errors-informative",
        "Nobody can tell an expired task from a broken server.",
    ),
    _fault(
        "task-input-not-told",
        "tasks-extension.input-told-in-state",
        "The task waits for what nobody knows.",
        "tasks-extension.all-outstanding-input-told tasks-extension.answered-task-goes-on",
    ),
    _fault(
        "partial-update-ends-questions",
        "tasks-extension.all-outstanding-input-told",
        "The task goes on without an answer of the user.",
    ),
    _fault(
        "input-key-reused",
        "tasks-extension.input-keys-unique",
        "The first answer is taken for that to the second question.",
    ),
    _fault(
        "unknown-input-refused",
        "tasks-extension.unknown-input-ignored",
        "Clients that answer twice lose the task.",
    ),
    _fault(
        "answered-task-stuck",
        "tasks-extension.answered-task-goes-on",
        "Users answer, and nothing happens.",
    ),
    _fault(
        "update-answered-with-task",
        "tasks-extension.update-acknowledged",
        "Clients take an old state for a new one.",
    ),
    _fault(
        "cancel-answered-with-task",
        "tasks-extension.cancel-acknowledged",
        "Clients take an old state for a new one.",
    ),
    _fault(
        "cancel-of-ended-task-refused",
        "tasks-extension.cancel-of-ended-acknowledged",
        "Clients report a mistake that was none.",
    ),
    _fault(
        "task-notice-incomplete",
        "tasks-extension.notice-complete",
        "Clients that listen never get the result.",
    ),
    _fault(
        "notice-of-other-task",
        "tasks-extension.notices-only-of-agreed-tasks",
        "Users see what others do.",
    ),
    _fault(
        "task-progress-on-subscription",
        "tasks-extension.no-progress-on-subscription",
        "Clients take the progress of one request for that of another.",
    ),
    _fault(
        "task-name-header-unchecked",
        "tasks-extension.name-header-mismatch-rejected",
        "A request reaches the wrong server, or passes a rule for another task.",
    ),
    _fault(
        "durable-task-ids-counted",
        "tasks-extension.ids-unguessable",
        "Whoever counts reads the results of others.",
    ),
    _fault(
        "durable-tasks-open-to-all-users",
        "tasks-extension.bound-to-user",
        "One user reads and stops what another one asked for.",
        profile="combined",
    ),
)
