"""What a machine lacks is named at the end of a run, and is a failure where all is required."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts import PARTS, find_postgres

ROOT = Path(__file__).parent.parent
ONE_OF_EACH = """
def test_plain():
    pass

def test_first(catalogue_env):
    assert catalogue_env["CATALOGUE_URL"] == "http://127.0.0.1:1"

def test_second(catalogue_env):
    pass
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Run the suite of one file on a machine where only the catalogue may be missing."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("CHROMIUM", "true")
    monkeypatch.setenv("TEST_POSTGRES_URL", "postgresql://127.0.0.1:1/none")
    env_file = pytester.makefile(".env", catalogue="CATALOGUE_URL='http://127.0.0.1:1'\n# a note\n")
    monkeypatch.setenv("CATALOGUE_29_ENV", str(env_file))
    for name in ("CATALOGUE_ENV", "REQUIRE_ALL"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(ONE_OF_EACH)
    pytester.plugins = ["tests.provide", "tests.left_out"]
    return pytester


def test_a_missing_part_is_skipped_and_named_with_how_to_bring_it_in(run: pytest.Pytester) -> None:
    result = run.runpytest_subprocess()
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["*left out*", "2 tests need a real CKAN 2.12: set CATALOGUE_ENV to *"]
    )
    assert result.ret == 0


def test_a_part_that_is_there_is_used(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOGUE_ENV", str(run.path / "catalogue.env"))
    result = run.runpytest_subprocess()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*left out: nothing*"])


def test_where_everything_is_required_nothing_runs_without_it(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")
    result = run.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*a real CKAN 2.12 is missing: set CATALOGUE_ENV to *"])


def test_where_everything_is_required_no_test_may_skip_itself(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")
    monkeypatch.setenv("CATALOGUE_ENV", str(run.path / "catalogue.env"))
    run.makepyfile("import pytest\ndef test_it(): pytest.skip('no reason')")
    assert run.runpytest_subprocess().ret == pytest.ExitCode.TESTS_FAILED


def test_a_test_that_skips_itself_is_named_with_its_reason(run: pytest.Pytester) -> None:
    run.makepyfile("import pytest\ndef test_it(): pytest.skip('the moon is full')")
    result = run.runpytest_subprocess()
    result.stdout.fnmatch_lines(["*left out*", "*::test_it: Skipped: the moon is full"])


def test_a_part_can_be_left_out_on_purpose(run: pytest.Pytester) -> None:
    result = run.runpytest_subprocess("-m", "not catalogue")
    result.assert_outcomes(passed=1, deselected=2)
    result.stdout.fnmatch_lines(["*left out: nothing*"])


def test_a_file_that_is_not_there_is_a_missing_part(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOGUE_ENV", str(run.path / "nowhere"))
    run.runpytest_subprocess().assert_outcomes(passed=1, skipped=2)


def test_a_named_postgresql_comes_before_one_that_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_POSTGRES_URL", "postgresql://db.example/x")
    assert find_postgres() == "postgresql://db.example/x"


def test_every_part_has_its_own_marker_and_fixture() -> None:
    assert (
        len({part.marker for part in PARTS}) == len({part.fixture for part in PARTS}) == len(PARTS)
    )
