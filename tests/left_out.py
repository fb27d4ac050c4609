"""A pytest plugin: what is not there is skipped, named at the end, and never silently green.

With REQUIRE_ALL=1 a missing part stops the run before it starts, and a skipped test fails it.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.parts import PARTS, Part

REQUIRE_ALL = "REQUIRE_ALL"

_missing = pytest.StashKey[tuple[Part, ...]]()
_left_out = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    for part in PARTS:
        config.addinivalue_line("markers", f"{part.marker}: needs {part.name}; {part.bring}")
    config.stash[_missing] = tuple(part for part in PARTS if part.find() is None)
    config.stash[_left_out] = Counter()


def pytest_sessionstart(session: pytest.Session) -> None:
    missing = session.config.stash[_missing]
    if missing and _all_required():
        lines = [f"{part.name} is missing: {part.bring}" for part in missing]
        raise pytest.UsageError(f"{REQUIRE_ALL} is set.", *lines)


# Before pytest's own hook, which drops what `-m` leaves out by the markers given here.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for part in PARTS:
            if part.fixture in getattr(item, "fixturenames", ()):
                item.add_marker(part.marker)
            if item.get_closest_marker(part.marker) and part in config.stash[_missing]:
                item.add_marker(pytest.mark.skip(reason=f"needs {part.name}: {part.bring}"))


def pytest_collection_finish(session: pytest.Session) -> None:
    config = session.config
    for item in session.items:
        for part in config.stash[_missing]:
            if item.get_closest_marker(part.marker):
                config.stash[_left_out][part.marker] += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if skipped and _all_required() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    left_out = config.stash[_left_out]
    lines = []
    for part in config.stash[_missing]:
        if count := left_out[part.marker]:
            tests = "1 test needs" if count == 1 else f"{count} tests need"
            lines.append(f"{tests} {part.name}: {part.bring}")
    lines += [
        f"{report.nodeid}: {report.longrepr[2]}"
        for report in terminalreporter.stats.get("skipped", ())
        if not any(f"needs {part.name}" in report.longrepr[2] for part in PARTS)
    ]
    terminalreporter.section("left out" if lines else "left out: nothing")
    for line in lines:
        terminalreporter.line(line)


def _all_required() -> bool:
    return os.environ.get(REQUIRE_ALL) == "1"
