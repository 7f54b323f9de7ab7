"""Tasks."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "tasks-undeclared",
        "tasks.capability-declared tasks.undeclared-task-field-ignored",
        "Clients that ask for a task do not expect one, and never fetch its result.",
        "*",
    ),
    _fault(
        "undeclared-task-refused",
        "tasks.undeclared-task-field-ignored",
        "Clients that always offer to wait cannot call any tool.",
        "*",
    ),
    _fault(
        "required-tool-runs-plainly",
        "tasks.required-tool-plain-call-refused",
        "Clients wait for minutes on one connection, which breaks before the answer is there.",
    ),
    _fault(
        "forbidden-tool-runs-as-task",
        "tasks.forbidden-tool-task-call-refused",
        "Clients cannot rely on what a tool says about itself.",
    ),
    _fault("tasks-list-invalid", "tasks.list-result-matches-schema", "Clients refuse the whole list of tasks."),
    _fault(
        "tasks-list-bad-cursor-accepted",
        "tasks.list-invalid-cursor-code",
        "A client with a broken cursor walks the list for ever.",
    ),
    _fault("unknown-task-wrong-code", "tasks.unknown-id-code", "Clients do not notice that a task is gone."),
    _fault("task-error-generic", "tasks.errors-informative", "Nobody can tell why a task cannot be had."),
    _fault(
        "clients-not-told-apart",
        "tasks.no-list-without-identity",
        "Everybody sees the tasks of everybody.",
        "*",
    ),
    _fault("task-call-answered-plainly", "tasks.create-returns-task", "The client waits for a task id.", "*"),
    _fault(
        "task-id-number-in-notification",
        "tasks.id-is-string tasks.status-notification-matches-schema",
        "Clients do not recognise their task.",
    ),
    _fault(
        "task-id-chosen-by-client",
        "tasks.id-generated-by-server",
        "A client takes over the task of another by its id.",
    ),
    _fault(
        "task-ids-counted-per-client",
        "tasks.id-unique tasks.unguessable-ids-without-context",
        "Two tasks are mixed up.",
    ),
    _fault("task-ids-counted", "tasks.unguessable-ids-without-context", "Anybody guesses the tasks of others."),
    _fault(
        "task-starts-input-required",
        "tasks.starts-working",
        "Clients ask their user for something that nobody wants to know.",
    ),
    _fault(
        "task-status-unknown",
        "tasks.get-result-matches-schema tasks.valid-transitions",
        "Clients do not know whether to go on waiting.",
    ),
    _fault(
        "finished-task-works-again",
        "tasks.terminal-is-final tasks.valid-transitions",
        "Clients that saw the end stop polling and never learn the outcome.",
    ),
    _fault("task-created-at-unreadable", "tasks.created-at-present", "Clients cannot tell when a task will end."),
    _fault(
        "task-updated-at-runs-backwards",
        "tasks.last-updated-at-present",
        "Clients take the newest state for an old one.",
    ),
    _fault(
        "task-ttl-missing",
        "tasks.get-result-matches-schema tasks.ttl-reported",
        "Clients come for the result when it is gone.",
    ),
    _fault("task-get-invalid", "tasks.get-result-matches-schema", "Clients refuse the state of their task."),
    _fault(
        "task-result-once",
        "tasks.result-returns-final-outcome",
        "A client that lost the connection never gets the result.",
    ),
    _fault("task-result-untagged", "tasks.result-tagged", "Clients cannot tell which task a result belongs to."),
    _fault(
        "task-management-tagged",
        "tasks.management-results-not-tagged",
        "Clients file the state of a task among its messages.",
    ),
    _fault(
        "related-task-obeyed",
        "tasks.management-request-tag-ignored",
        "A client sees another task than the one it asked for.",
    ),
    _fault(
        "status-notification-incomplete",
        "tasks.status-notification-matches-schema",
        "Clients refuse the notification and learn the new state late.",
    ),
    _fault(
        "status-notification-tagged",
        "tasks.status-notification-not-tagged",
        "Clients file the state of a task among its messages.",
    ),
    _fault("task-get-streamed", "tasks.get-not-streamed", "Each look at a task costs a stream."),
    _fault(
        "tasks-list-omits-finished",
        "tasks.list-covers-retrievable",
        "A client that lost its ids does not find its results again.",
    ),
    _fault(
        "finished-task-cancelled",
        "tasks.cancel-of-finished-refused",
        "Users believe that something was stopped which has happened.",
    ),
    _fault("task-ttl-unlimited", "tasks.ttl-capped", "A client fills the memory of the server for years."),
    _fault(
        "task-created-late",
        "tasks.create-returned-early",
        "Clients wait as long as without a task, and lose the connection.",
    ),
    _fault(
        "task-result-differs",
        "tasks.result-equals-direct-outcome",
        "The same call has another outcome when it takes long.",
    ),
    _fault(
        "task-protocol-error-as-result",
        "tasks.result-passes-errors-through",
        "Clients do not see what the server asks of them before the call can work.",
    ),
    _fault(
        "task-tool-error-as-protocol-error",
        "tasks.result-successful-for-results",
        "The model does not learn why the tool failed.",
    ),
    _fault(
        "task-result-hasty",
        "tasks.result-blocks-until-terminal",
        "Clients take a task for failed that is still at work.",
    ),
    _fault(
        "task-messages-untagged",
        "tasks.input-requests-tagged tasks.related-messages-tagged transport.post-stream-messages-related",
        "Clients cannot tell which of several tasks goes ahead.",
    ),
    _fault(
        "input-request-untagged",
        "tasks.input-requests-tagged",
        "Users do not see for which task they are asked.",
    ),
    _fault(
        "input-required-unused",
        "tasks.input-required-status-used",
        "Clients that only poll never ask their user, and the task waits for ever.",
        "tasks.input-required-status-left",
    ),
    _fault(
        "input-required-not-left",
        "tasks.input-required-status-left",
        "Users are asked again for what they have answered.",
    ),
    _fault(
        "cancelled-task-reported-working",
        "tasks.cancel-sets-status-first",
        "Clients do not know whether the task was stopped.",
    ),
    _fault(
        "cancelled-task-works-on",
        "tasks.cancel-stops-execution tasks.progress-stops-at-terminal",
        "What the user stopped goes on.",
    ),
    _fault(
        "cancelled-task-completes",
        "tasks.cancelled-stays-cancelled",
        "Users believe that something was stopped which then happens.",
    ),
    _fault(
        "task-failure-unexplained",
        "tasks.failed-has-status-message",
        "Users see that a task failed and not why.",
    ),
    _fault(
        "task-error-is-completed",
        "tasks.is-error-means-failed",
        "Users see a task succeed that failed.",
    ),
    _fault(
        "task-progress-other-token",
        "progress.only-active-tokens tasks.progress-token-lives-on",
        "Clients drop the progress of the task.",
    ),
    _fault(
        "progress-after-end",
        "tasks.progress-stops-at-terminal",
        "A task that was done seems to be at work again.",
    ),
    fault(
        "tasks-open-to-all-users",
        "tasks.bound-to-authorization-context tasks.foreign-access-refused",
        "Whoever learns a task id reads what another user's tool returned.",
    ),
    fault(
        "tasks-list-of-all-users",
        "tasks.list-scoped-to-context",
        "Users see what others are doing.",
    ),
    _fault(
        "augments-undeclared",
        "lifecycle.undeclared-client-capabilities-not-used tasks.server-augments-only-if-declared",
        "Clients that know no tasks refuse what the server asks.",
    ),
    _fault(
        "client-task-cancelled-as-request",
        "tasks.server-cancels-own-tasks-properly",
        "The client's model goes on with what nobody waits for.",
    ),
    _fault(
        "client-task-polled-hastily",
        "tasks.server-polls-considerately",
        "The client is busy with answering the server.",
    ),
    _fault(
        "tasks-list-unpaged",
        "tasks.list-paginated",
        "One request makes the server send everything it keeps.",
        options=("--stress",),
    ),
    _fault(
        "tasks-list-next-cursor-missing",
        "tasks.list-next-cursor",
        "Clients that lost their ids find only the oldest tasks.",
        options=("--stress",),
    ),
    _fault(
        "task-lookups-unlimited",
        "tasks.operations-rate-limited",
        "Attackers try out task ids as fast as they can.",
        options=("--stress",),
    ),
    _fault(
        "expired-task-kept",
        "tasks.expired-cleaned-up",
        "Results pile up until the memory of the server is full.",
        options=("--stress",),
    ),
)
