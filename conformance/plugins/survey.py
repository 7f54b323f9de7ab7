"""Takes the survey before collection, once, and hands it to the workers of a parallel run."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.audit import Audit, audit_of, audits_of
from conformance.exercise import left_out
from conformance.plugins.reporting import REPORTER
from conformance.report.text import one_line
from conformance.settings import Settings
from conformance.survey import Survey, Surveyor, bounded
from conformance.wire.connection import REVISIONS

CLEANUP = pytest.StashKey[ExitStack]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> Iterator[None]:
    audit = audit_of(session.config)
    distributed = session.config.pluginmanager.hasplugin("dsession")
    if audit and distributed:
        _prepare(session.config, audit)
    yield
    if audit and not distributed and not hasattr(session.config, "workerinput"):
        _prepare(session.config, audit)


def pytest_unconfigure(config: pytest.Config) -> None:
    stack = config.stash.get(CLEANUP, None)
    if stack:
        stack.close()


class Handover:
    """Gives every worker of pytest-xdist the surveys; registered only where that plugin is."""

    @staticmethod
    def pytest_configure_node(node: Any) -> None:  # noqa: ANN401
        audits = audits_of(node.config)
        if audits:
            folder = node.config.stash[CLEANUP].enter_context(_worker_spool(node.config))
            node.workerinput["mcp_audit"] = [one.for_worker(_spool_of(folder, one)) for one in audits]


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(Handover(), "mcp-handover")


_SPOOL = pytest.StashKey[Path]()


def _spool_of(folder: Path, audit: Audit) -> Path:
    return folder / (audit.settings.revision or "newest")


class _worker_spool:  # noqa: N801 - used as a context manager
    """The folder in which the processes of one run share their transcripts; made once, removed at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._made: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path:
        if _SPOOL not in self._config.stash:
            self._made = tempfile.TemporaryDirectory(prefix="mcp-transcript-")
            self._config.stash[_SPOOL] = Path(self._made.name)
            for audit in audits_of(self._config):
                folder = _spool_of(Path(self._made.name), audit)
                folder.mkdir()
                lines = "".join(exchange.as_line() + "\n" for exchange in audit.recorder.exchanges)
                (folder / "main.jsonl").write_text(lines, encoding="ascii")
                audit.recorder.registry.share(folder)
        return self._config.stash[_SPOOL]

    def __exit__(self, *_: object) -> None:
        if self._made:
            self._made.cleanup()


def _prepare(config: pytest.Config, audit: Audit) -> None:
    stack = config.stash[CLEANUP] = ExitStack()
    if config.option.collectonly:
        return
    if audit.settings.demo:
        audit.use(_start_demo(stack, audit.settings))
    every = audit.settings.every_revision
    if every:
        audit.use(replace(audit.settings, revision=None))
    _survey(config, audit, alone=not every)
    if every and audit.survey and audit.survey.revision:
        _survey_others(config, audit)


def _survey(config: pytest.Config, audit: Audit, *, alone: bool = False) -> None:
    """Take the survey and tell of it; `alone` says that no other revision is audited."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    say = reporter.write_line if reporter and config.get_verbosity() >= 0 else _say_nothing
    tell = reporter.write_line if reporter else print
    audit.tell = tell
    started = time.monotonic()
    asked = f" in revision {audit.settings.revision}" if audit.settings.revision else ""
    say(f"MCP conformance survey of {one_line(audit.settings.target)}{asked}")
    surveyor = Surveyor(
        audit.settings,
        audit.http,
        lambda line: say(one_line(audit.recorder.redactor.text(line), 400)),
        tell,
        None if config.pluginmanager.hasplugin("dsession") else audit.spares,
    )
    try:
        audit.survey = surveyor.run()
        audit.keep_session()
        audit.survey.notes += [*_not_judged(audit.survey, alone), *left_out(audit.survey, audit.settings)]
    except KeyboardInterrupt:
        audit.survey = surveyor.survey
        config.stash[REPORTER].interrupted = "It was interrupted during the survey."
        config.stash[REPORTER].write(finished=False)
        raise
    audit.surveyed = (len(audit.recorder.exchanges), audit.recorder.sent)
    for line in facts(audit):
        say(line)
    say(f"survey done in {time.monotonic() - started:.1f} s, {audit.recorder.sent} requests")
    config.stash[REPORTER].write(finished=False)


def _survey_others(config: pytest.Config, newest: Audit) -> None:
    """Survey the target once more in each other revision that it speaks."""
    survey, audits = newest.need_survey(), audits_of(config)
    newest.use(replace(newest.settings, revision=survey.revision))
    for revision in reversed(REVISIONS):
        if revision in survey.revisions and revision != survey.revision:
            other = newest.beside(replace(newest.settings, revision=revision))
            audits.append(other)
            config.stash[REPORTER].take(other)
            _survey(config, other)


def _not_judged(survey: Survey, alone: bool) -> list[str]:
    others = [bounded(one, 40) for one in survey.of_the_other_era] if alone and survey.revision else []
    return others and [
        f"The server also speaks {', '.join(others)}, of which nothing was judged here; --revision {others[0]} or all"
        " does that."
    ]


def _say_nothing(_: str) -> None:
    return


def _start_demo(stack: ExitStack, settings: Settings) -> Settings:
    """Start the reference server, whose login page wants its demonstration account."""
    try:
        from conformance.reference import ReferenceServer
    except ModuleNotFoundError as missing:
        raise pytest.UsageError(
            f"--demo needs {missing.name}: pip install 'pytest-mcp-conformance[reference]'"
        ) from None
    server = stack.enter_context(ReferenceServer(consent="form"))
    account = {"username": server.username, "password": server.password}
    return replace(
        settings,
        target_url=server.url,
        demo=False,
        consent_field=account | settings.consent_field,
        second_token=settings.second_token or server.access_token_for("bob"),
    )


def facts(audit: Audit) -> list[str]:
    """What the survey found, for the terminal; server text is made safe."""
    survey = audit.survey
    if survey is None:
        return []
    if survey.failure:
        failure = survey.failure
        lines = [f"survey stopped at step '{failure.step}': {failure.sentence}"]
        if failure.received:
            lines.append(f"  sent {failure.sent}; received {failure.received}")
        if failure.advice:
            lines.append(f"  what next: {failure.advice}")
    else:
        lines = []
    shown = survey.as_json()
    if shown["server"]:
        claimed = " ".join(str(shown["server"][name]) for name in ("name", "version") if shown["server"][name])
        lines.append(f"server (as claimed): {claimed}")
    if survey.transport:
        revision = f", revision {survey.revision}" if survey.revision else ""
        lines.append(f"transport: {survey.transport}{revision}")
    if survey.protected and survey.discovery:
        lines.append(f"protected: yes, authorization server {survey.discovery.issuer}")
    elif survey.protected is not None:
        lines.append(f"protected: {'yes' if survey.protected else 'no'}")
    if survey.opening:
        lines.append("features: " + ", ".join(_feature(row) for row in shown["features"] if row["present"]))
    lines += survey.notes
    return [one_line(audit.recorder.redactor.text(line), 400) for line in lines]


def _feature(row: dict[str, Any]) -> str:
    return row["name"] if row["count"] is None else f"{row['count']} {row['name']}"
