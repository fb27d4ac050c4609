"""Which of the catalogue's ways to lose values and to refuse saves is tested where.

A row: what goes wrong, on what it is shown, the tests. The rules themselves are in
`docs/catalogue.md`. A test that is renamed or dropped fails here.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).resolve().parents[1]

EACH: Final = "each catalogue"
"""The sandbox as both generations, and both real ones."""
OWN: Final = "both generations, which differ in it"
"""Each catalogue, or the sandbox as each generation."""
PROXY: Final = "a catalogue behind the proxy of faults"
SANDBOX: Final = "the sandbox, since the bot never sends what leads there"
BOT: Final = "the bot's own rules"

TABLE: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    # Values wiped or lost.
    (
        "composites of a resource vanish beside a file",
        EACH,
        ("ckan/test_contract_files.py::test_a_file_and_metadata_of_every_shape_go_in_one_save",),
    ),
    (
        "a text that is no JSON empties a composite",
        SANDBOX,
        ("sandbox/catalogue/test_validation.py"
         "::test_text_that_is_no_json_empties_a_composite_without_a_word",),
    ),
    (
        "an update that leaves fields out drops them",
        EACH,
        ("scenarios/test_resources.py::test_update_loses_nothing_that_nobody_mentions",),
    ),
    (
        "a list of resources in a patch takes the place of all",
        EACH,
        ("ckan/test_contract_revise.py"
         "::test_a_resource_differs_in_the_wanted_fields_only_and_undo_brings_it_back",),
    ),
    (
        "lists of a record are replaced whole",
        EACH,
        (
            "ckan/test_contract_revise.py"
            "::test_a_record_differs_in_the_wanted_fields_only_and_undo_brings_it_back",
            "ckan/test_contract_revise.py::test_keywords_are_replaced_whole",
        ),
    ),
    (
        "two people edit at once",
        EACH,
        (
            "ckan/test_contract_revise.py"
            "::test_a_record_that_changed_since_is_left_as_it_is",
            "scenarios/test_resources.py"
            "::test_a_resource_that_changed_meanwhile_is_not_deleted",
        ),
    ),
    (
        "a patch that waited puts an old title back",
        OWN,
        (
            "sandbox/catalogue/test_revise.py::test_a_patch_that_waited_puts_an_old_title_back",
            "scenarios/test_second_look.py"
            "::test_a_description_that_was_put_back_is_told_and_saved_again",
        ),
    ),
    (
        "a hidden contact is shown",
        EACH,
        (
            "scenarios/test_every_field.py::test_what_is_entered_in_every_field_reads_back",
            "ckan/test_contract.py::test_hidden_contacts_are_handed_to_anybody",
        ),
    ),
    # Saves blocked for reasons people cannot see.
    (
        "a contact of another organization",
        EACH,
        (
            "ckan/test_contract_revise.py"
            "::test_a_contact_of_another_organization_blocks_every_save",
            "scenarios/test_refusals.py"
            "::test_a_foreign_contact_that_blocks_the_save_is_named_with_what_to_do",
        ),
    ),
    (
        "values that the catalogue refuses, each on its input",
        EACH,
        (
            "ckan/test_contract_refusals.py"
            "::test_what_is_refused_in_a_record_is_told_on_its_input",
            "ckan/test_contract_refusals.py"
            "::test_what_is_refused_in_a_resource_is_told_on_its_input",
            "ckan/test_contract_refusals.py::test_contacts_that_are_refused_are_told_on_their_rows",
            "scenarios/test_refused_by_the_catalogue.py"
            "::test_a_title_that_was_taken_meanwhile_is_told_at_the_title",
        ),
    ),
    (
        "another resource that is invalid",
        OWN,
        (
            "sandbox/catalogue/test_validation.py"
            "::test_a_bad_resource_blocks_every_save_of_the_older_catalogue_only",
            "forms/test_check.py"
            "::test_another_resource_that_blocks_the_save_is_named_with_the_way_out",
            "forms/test_check.py::test_where_other_resources_are_not_checked_it_is_a_warning",
        ),
    ),
    (
        "a refusal without a field or a word",
        PROXY,
        (
            "scenarios/test_refused_by_the_catalogue.py"
            "::test_a_refusal_without_a_word_is_explained_from_the_bots_own_rules",
            "scenarios/test_refused_by_the_catalogue.py"
            "::test_a_refusal_that_nobody_can_explain_says_so",
            "sandbox/catalogue/test_validation.py"
            "::test_another_resources_fault_is_a_refusal_without_a_word",
            "ckan/test_explain.py::test_whatever_the_catalogue_refuses_has_an_explanation",
        ),
    ),
    (
        "a title or name that is in use",
        EACH,
        (
            "scenarios/test_create_a_record.py"
            "::test_a_title_or_name_that_is_taken_is_told_before_anything_is_sent",
            "sandbox/catalogue/test_workflow.py"
            "::test_a_deleted_record_keeps_its_title_but_not_its_name",
        ),
    ),
    (
        "a null title: 500 or 409",
        OWN,
        ("ckan/test_contract_revise.py"
         "::test_a_record_without_a_title_fails_in_the_way_of_its_version",),
    ),
    (
        "a file over the limit",
        EACH,
        (
            "scenarios/test_files.py"
            "::test_a_file_over_the_limit_is_refused_before_a_record_is_asked_for",
            "scenarios/test_files_on_bad_days.py"
            "::test_a_file_over_the_limit_of_the_catalogue_is_refused_by_it",
            "scenarios/test_files_on_bad_days.py::"
            "test_a_file_over_the_limit_of_what_stands_before_the_catalogue_is_not_sent_again",
        ),
    ),
    (
        "429, 502 to 504, a page, silence, a lost answer",
        PROXY,
        (
            "scenarios/test_refusals.py::test_a_write_in_doubt_is_made_once",
            "scenarios/test_refusals.py"
            "::test_a_catalogue_that_stays_away_is_told_and_nothing_is_written",
            "scenarios/test_records_in_doubt.py::test_a_record_is_made_once",
            "ckan/test_contract_revise.py::test_a_write_whose_answer_is_lost_has_happened",
        ),
    ),
    (
        "mandatory fields that old resources lack, and those that the type asks for",
        EACH,
        (
            "scenarios/test_move_a_record.py"
            "::test_all_that_a_record_lacks_is_told_before_anything_is_sent",
            "scenarios/test_refusals.py::test_a_geographic_resource_needs_its_three_fields",
        ),
    ),
    # Keywords, notices, and the rest.
    (
        "keywords only ever added; a bad one; several in one text",
        EACH,
        (
            "scenarios/test_patch_a_record.py"
            "::test_words_change_texts_contacts_and_keywords_and_undo_puts_all_back",
            "ckan/test_keywords.py::test_only_what_the_catalogue_takes_is_a_keyword",
            "ckan/test_contract_revise.py"
            "::test_refused_values_of_a_record_are_told_on_their_fields",
        ),
    ),
    (
        "a mail of a move that is then refused",
        EACH,
        ("scenarios/test_move_a_record.py"
         "::test_a_move_that_there_is_not_names_those_there_are",),
    ),
    (
        "resources in another order; a record copied",
        EACH,
        (
            "scenarios/test_resources.py::test_resources_are_put_in_order_and_back",
            "scenarios/test_create_a_record.py"
            "::test_a_restricted_record_is_private_from_its_first_moment",
        ),
    ),
    (
        "a link without encryption",
        BOT,
        ("handlers/test_create_resource.py::test_a_link_without_encryption_is_pointed_out",),
    ),
    # Where the generations differ.
    (
        "the form of a failed match, and of a resource that is not there",
        OWN,
        (
            "ckan/test_contract_revise.py"
            "::test_a_record_that_changed_since_is_left_as_it_is",
            "ckan/test_contract_revise.py"
            "::test_a_resource_that_went_is_a_refusal_that_names_it",
        ),
    ),
    (
        "a write without a key, an unknown action",
        OWN,
        (
            "ckan/test_contract_revise.py::test_a_dead_key_writes_nothing",
            "ckan/test_contract.py::test_an_unknown_action_is_a_failure_without_a_kind",
        ),
    ),
    (
        "a body that lacks what is read blindly, or a format of null",
        OWN,
        (
            "ckan/test_contract_generations.py"
            "::test_an_update_without_what_is_read_blindly_is_a_server_error_or_a_refusal",
            "ckan/test_contract_generations.py"
            "::test_a_revision_that_drops_what_is_read_blindly_is_told_in_the_same_two_ways",
            "ckan/test_contract_generations.py"
            "::test_a_format_of_null_is_a_server_error_or_a_refusal",
        ),
    ),
    (
        "an update without resources",
        OWN,
        ("ckan/test_contract_generations.py"
         "::test_an_update_without_resources_deletes_or_keeps_them",),
    ),
    (
        "a body without its type",
        SANDBOX,
        ("sandbox/catalogue/test_validation.py::test_a_body_without_its_type_is_no_record",),
    ),
    (
        "a save that changes nothing",
        OWN,
        ("ckan/test_contract_generations.py"
         "::test_a_save_that_changes_nothing_counts_on_the_older_catalogue",),
    ),
    (
        "`user_show` without id, `whoami`",
        OWN,
        (
            "ckan/test_contract.py::test_a_key_tells_whose_it_is",
            "sandbox/catalogue/test_accounts.py"
            "::test_the_older_catalogue_wants_an_id_for_user_show",
        ),
    ),
    (
        "a record that never had a state",
        SANDBOX,
        ("sandbox/catalogue/test_workflow.py"
         "::test_a_record_that_never_had_a_state_takes_none_but_the_first",),
    ),
    (
        "activities of a private record",
        OWN,
        ("ckan/test_contract_generations.py"
         "::test_saves_of_a_private_record_are_told_by_the_newer_catalogue_only",),
    ),
    (
        "a search among what is deleted",
        OWN,
        ("ckan/test_contract_generations.py"
         "::test_an_older_catalogue_does_not_search_among_what_is_deleted",),
    ),
    (
        "where files are fetched",
        OWN,
        ("ckan/test_contract_generations.py"
         "::test_an_address_of_a_file_names_the_type_on_the_newer_catalogue",
         "scenarios/test_files.py::test_a_file_becomes_a_resource_byte_for_byte"),
    ),
)  # fmt: skip


PLACES: Final = ("sandbox as 2.9", "sandbox as 2.12", "CKAN 2.9", "CKAN 2.12")


@pytest.fixture(scope="module")
def collected() -> Mapping[str, str]:
    """The parameters of each test that the table names, as pytest itself finds them."""
    files = sorted({test.partition("::")[0] for _row, _where, tests in TABLE for test in tests})
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--no-header"]
    told = subprocess.run(
        [*command, *(f"tests/{file}" for file in files)],
        cwd=TESTS.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, str] = {}
    for line in told.stdout.splitlines():
        test, _bracket, parameters = line.removeprefix("tests/").partition("[")
        found[test] = found.get(test, "") + parameters
    return found


def test_every_row_of_the_rules_has_its_tests() -> None:
    """The list in the rules and the table here are the same, so neither grows alone."""
    rules = (TESTS.parent / "docs" / "catalogue.md").read_text(encoding="utf-8")
    _before, _heading, rest = rules.partition("## What goes wrong\n")
    listed = re.findall(r"^- (.+)$", rest.partition("\n## ")[0], re.MULTILINE)
    assert listed == [row for row, _where, _tests in TABLE]


def test_what_the_table_names_is_there(collected: Mapping[str, str]) -> None:
    named = {test for _row, _where, tests in TABLE for test in tests}
    assert named <= collected.keys()
    assert all(tests for _row, _where, tests in TABLE)


@pytest.mark.parametrize(
    ("where", "tests"),
    [pytest.param(where, tests, id=row) for row, where, tests in TABLE if where in {EACH, OWN}],
)
def test_a_row_is_shown_on_the_catalogues_that_it_names(
    collected: Mapping[str, str], where: str, tests: tuple[str, ...]
) -> None:
    shown = {place for place in PLACES if any(place in collected[test] for test in tests)}
    of_sandbox = where == OWN and any(test.startswith("sandbox/") for test in tests)
    assert shown == set(PLACES) or of_sandbox
