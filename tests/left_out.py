"""A pytest plugin: what is not there is skipped, named at the end, and never silently green.

With REQUIRE_ALL=1 a missing part stops the run before it starts, and a skipped test fails it.
"""

from __future__ import annotations

import os

import pytest

from tests.parts import PARTS, Part

REQUIRE_ALL = "REQUIRE_ALL"

_missing = pytest.StashKey[tuple[Part, ...]]()


def pytest_configure(config: pytest.Config) -> None:
    for part in PARTS:
        config.addinivalue_line("markers", f"{part.marker}: needs {part.name}; {part.bring}")
    config.stash[_missing] = tuple(part for part in PARTS if part.find() is None)


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


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if skipped and _all_required() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    skipped = [
        (report.nodeid, report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())
    ]
    lines = []
    for part in config.stash[_missing]:
        if count := sum(_needs(part, why) for _test, why in skipped):
            tests = "1 test needs" if count == 1 else f"{count} tests need"
            lines.append(f"{tests} {part.name}: {part.bring}")
    lines += [
        f"{test}: {why}" for test, why in skipped if not any(_needs(part, why) for part in PARTS)
    ]
    terminalreporter.section("left out" if lines else "left out: nothing")
    for line in lines:
        terminalreporter.line(line)


def _needs(part: Part, why: str) -> bool:
    return f"needs {part.name}:" in why


def _all_required() -> bool:
    return os.environ.get(REQUIRE_ALL) == "1"
