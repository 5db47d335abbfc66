"""``--audit``: mutates the replies of each case that passed and runs its checks again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framework.audit import page as audit_page
from framework.audit.audit import audit_case
from framework.audit.faults import Fault, FaultKey
from framework.audit.score import SuiteAudit
from framework.audit.suggest import suggest_line
from framework.base.messages import tr
from framework.cases.case import Case
from framework.checks.context import EvaluationContext
from framework.checks.result import Finding
from framework.http.masking import Masker
from framework.run.harness import Harness
from framework.run.settle import excused_by
from framework.run.verdict import Verdict

NAME = "harness-audit"
_WORKER_OUTPUT = "harness_audit"
_JUDGED = ("passed", "known")


class Auditor:
    """Audits the cases of one process. The process that owns the run merges and reports the results."""

    def __init__(
        self, config: pytest.Config, seed: str, least: float, context_of: Callable[[], EvaluationContext]
    ) -> None:
        self.config = config
        self.seed = seed
        self.least = least
        self._context_of = context_of
        self.suite = SuiteAudit()
        self.samples: dict[FaultKey, tuple[int, str, Fault]] = {}
        self._masker: Masker | None = None
        self._context: EvaluationContext | None = None

    @property
    def _is_worker(self) -> bool:
        return hasattr(self.config, "workerinput")

    @pytest.hookimpl(trylast=True)
    def pytest_harness_case_finished(
        self, item: pytest.Item, case: Case, verdict: Verdict, masker: Masker
    ) -> None:
        self._masker = masker
        self._context = self._context_of()
        if verdict.status not in _JUDGED or not any(step.exchange for step in verdict.flat()):
            self.suite.not_audited[item.nodeid] = tr("没有通过，无从审起：{status}", status=verdict.status)
            return
        if case.level == "warning":  # its failures stop nothing, so they count as noticing nothing
            self.suite.not_audited[item.nodeid] = tr("级别是 warning，什么也不会拦下")
            return

        def excused(finding: Finding) -> bool:
            return excused_by(case.known_defects, finding)

        audit = audit_case(
            item.nodeid,
            case,
            verdict,
            self._context,
            seed=self.seed,
            excused=excused if case.known_defects else None,
        )
        self.suite.add(audit)
        size = sum(len(step.exchange.reply.body or b"") for step in verdict.flat() if step.exchange)
        for key, fault in audit.survived.items():
            if key not in self.samples or (size, item.nodeid) < self.samples[key][:2]:
                self.samples[key] = (size, item.nodeid, fault)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        output = getattr(node, "workeroutput", {}).get(_WORKER_OUTPUT)
        if output is not None:
            self.suite.merge(output)
        else:
            self.suite.not_audited[str(node.gateway.id)] = tr("这个进程没有交回审计的结果")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._suggest()
        self._mask()
        if self._is_worker:
            output = self.config.workeroutput  # type: ignore[attr-defined]
            output[_WORKER_OUTPUT] = self.suite.as_plain_data()
            return
        self._write(self.config.rootpath / "reports")
        self.config.hook.pytest_harness_page(
            config=self.config, title=tr("断言审计"), markdown=audit_page.page(self.suite)
        )
        if self.suite.score() < self.least and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _suggest(self) -> None:
        """Find a line for each fault that no case of this process noticed.

        If a case of another process noticed it, the page does not show the line.
        """
        for key in self.suite.survivors():
            if key in self.samples and self._context is not None and self._masker is not None:
                size, case, fault = self.samples[key]
                line = suggest_line(fault, self.seed, self._context, self._is_masked)
                if line:
                    self.suite.suggest(key, (size, case, self._masker.text(line)))

    def _is_masked(self, text: str) -> bool:
        return self._masker is None or self._masker.text(text) != text

    def _mask(self) -> None:
        """Mask the addresses, places in replies and texts of cases that the audit keeps."""
        if self._masker is None:
            return  # This process ran no case, so it has only results that other processes masked.
        masked = SuiteAudit()
        masked.merge(_masked(self.suite.as_plain_data(), self._masker))
        self.suite = masked

    def _write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "audit.md").write_text(audit_page.page(self.suite), encoding="utf-8")
        (folder / "audit.json").write_text(
            json.dumps(audit_page.json_data(self.suite), ensure_ascii=False, indent=1) + "\n",
            encoding="utf-8",
        )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(tr("断言审计"), sep="-")
        for line in audit_page.terminal_lines(self.suite):
            terminalreporter.write_line(line)
        if self.suite.score() < self.least:
            terminalreporter.write_line(tr("得分低于 --audit-min {least}", least=self.least), red=True)


def _masked(value: Any, masker: Masker) -> Any:
    if isinstance(value, str):
        return masker.text(value)
    if isinstance(value, dict):
        return {masker.text(key): _masked(inner, masker) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, masker) for inner in value]
    return value


def install(config: pytest.Config, harness_of: Callable[[], Harness]) -> None:
    """Register the audit's hooks."""
    option = config.option
    auditor = Auditor(
        config,
        str(option.harness_audit_seed),
        option.harness_audit_min or 0.0,
        lambda: harness_of().run_context.checks,
    )
    config.pluginmanager.register(auditor, NAME)
