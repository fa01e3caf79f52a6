"""The 45 faults by number: what each is, which tests show it, and which tiers of the rig meet it by themselves.

The rig runs the tests named here and counts them by row, so the table cannot claim what did not run. Whoever makes a
fault happen somewhere else adds the test's node id (below `tests/`) or the name of the tier to its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class FaultRow:
    """One fault: its name, the tiers that meet it at random or one by one, and the tests that show it."""

    fault: str
    tiers: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


_TABLE = "unit/salesforce/test_error_table.py"
_LINES = "contract/test_proxies_and_authorities.py"
_WIRE = "unit/salesforce/test_transport.py"
_SESSION = "unit/salesforce/test_session.py"
_FAULTS = "engine/test_outbox_faults.py"
_FEED = "engine/test_feed.py"
_ENROLL = "engine/test_enroll.py"
_CALLS = "engine/test_log_call.py"
_BUDGET = "engine/test_budget_and_polling.py"
_OPENING = "unit/store/test_outbox_opening.py"
_RECOVERY = "unit/store/test_recovery.py"

FAULT_ROWS: Mapping[int, FaultRow] = {
    1: FaultRow(
        "a name that is not found",
        ("engine",),
        (f"{_LINES}::test_without_the_proxy_the_name_leads_nowhere", f"{_TABLE}::test_broken_lines"),
    ),
    2: FaultRow(
        "a port that is closed, no way there",
        ("engine",),
        (f"{_WIRE}::test_a_closed_port_is_not_reached",),
    ),
    3: FaultRow(
        "certificates: expired, wrong host, unknown authority",
        tests=(
            f"{_LINES}::test_without_the_authority_its_name_and_the_setting_are_told",
            f"{_LINES}::test_other_troubles_with_certificates_have_their_own_words",
            f"{_FAULTS}::test_a_server_that_is_not_trusted_refuses_nothing",
        ),
    ),
    4: FaultRow("a page of HTML that says 200", ("engine", "process"), (f"{_TABLE}::test_answers",)),
    5: FaultRow(
        "a proxy that wants a login",
        ("engine",),
        (f"{_LINES}::test_a_proxy_that_wants_a_login_is_told_for_both_wires",),
    ),
    6: FaultRow(
        "401 in mid-run, and a renewal that is refused",
        ("engine", "process"),
        (
            f"{_SESSION}::test_a_hundred_refused_calls_make_one_refresh",
            f"{_FAULTS}::test_a_session_that_ends_holds_the_work_also_over_a_restart",
        ),
    ),
    7: FaultRow(
        "403: the API is off, a permission or license is missing",
        ("engine",),
        (
            f"{_TABLE}::test_answers",
            "engine/test_shut_out.py::test_what_is_not_allowed_waits_says_why_and_goes_when_asked",
            "engine/test_shut_out.py::test_a_run_stops_at_its_first_row_and_a_person_lets_it_go_on",
        ),
    ),
    8: FaultRow(
        "limits: daily calls, calls at once, 429",
        ("engine", "process"),
        (f"{_BUDGET}::test_bulk_work_waits_while_calls_are_logged_and_goes_on_later",),
    ),
    9: FaultRow(
        "503, with and without Retry-After",
        ("engine", "process"),
        ("unit/salesforce/test_retry.py::test_what_a_server_asks_for",),
    ),
    10: FaultRow("500, 502, 504 with HTML", ("engine", "process"), (f"{_TABLE}::test_answers",)),
    11: FaultRow(
        "an answer that is cut",
        ("engine", "process"),
        (
            "unit/salesforce/test_cut_answers.py",
            f"{_WIRE}::test_a_body_that_ends_early_is_noticed",
            f"{_TABLE}::test_broken_lines",
        ),
    ),
    12: FaultRow("no answer after the commit", ("engine", "process")),
    13: FaultRow("a commit that comes late, up to 600 s", ("engine", "process")),
    14: FaultRow("an answer twice, or another one's", ("engine", "process")),
    15: FaultRow(
        "some rows of a chunk fail",
        ("engine",),
        (f"{_ENROLL}::test_successes_in_a_mixed_answer_are_in_doubt_until_read",),
    ),
    16: FaultRow("row lock, validation rule, duplicate rule, trigger", ("engine",)),
    17: FaultRow(
        "a body at one byte a second",
        ("engine", "process"),
        (f"{_WIRE}::test_dripping_bytes_run_into_the_deadline",),
    ),
    18: FaultRow(
        "clock a day off, summer time, backwards",
        ("engine", "process"),
        (f"{_CALLS}::test_nothing_is_sent_again_before_eleven_minutes_whatever_our_clock_says",),
    ),
    19: FaultRow("asleep for eight hours", ("engine", "process")),
    20: FaultRow(
        "another network, a VPN that flaps",
        ("engine", "process"),
        (f"{_WIRE}::test_a_dropped_connection_was_sent",),
    ),
    21: FaultRow("stream: UNAVAILABLE", ("engine", "process")),
    22: FaultRow(
        "stream: UNAUTHENTICATED",
        ("engine", "process"),
        (
            "unit/salesforce/test_stream_errors.py::test_the_table",
            f"{_FEED}::test_sign_out_by_the_org_is_told_and_signing_in_goes_on",
        ),
    ),
    23: FaultRow(
        "stream: RESOURCE_EXHAUSTED, too many subscribers",
        ("engine", "process"),
        (f"{_BUDGET}::test_a_used_up_allowance_is_told_and_asked_about_later",),
    ),
    24: FaultRow("a replay id that is damaged", ("engine", "process")),
    25: FaultRow("a replay id that is too old", ("engine", "process")),
    26: FaultRow("gap events", ("engine", "process")),
    27: FaultRow("an overflow event", ("engine", "process")),
    28: FaultRow("events twice, out of order, interleaved", ("engine", "process")),
    29: FaultRow(
        "another schema in mid-stream, unknown values",
        ("engine", "process"),
        ("contract/test_client_stream.py::test_a_new_schema_in_mid_stream",),
    ),
    30: FaultRow(
        "payloads that are broken, huge, deep or cost memory",
        ("engine", "process"),
        (
            "unit/salesforce/test_avro.py",
            "unit/salesforce/test_events.py::test_noise_never_raises",
            "contract/test_client_stream.py::test_a_broken_payload_still_names_its_records",
        ),
    ),
    31: FaultRow(
        "a stream that says nothing",
        ("engine", "process"),
        ("unit/salesforce/test_flow.py::test_silence_ends_it", "engine/test_silence.py"),
    ),
    32: FaultRow("a full disk at each write", ("disk",)),
    33: FaultRow(
        "a folder that cannot be written, a file in use",
        ("disk",),
        (
            f"{_OPENING}::test_another_writer_is_told_at_once",
            "unit/store/test_keys.py::test_a_folder_that_cannot_be_written_is_told",
            "unit/store/test_profile_lock.py::test_a_folder_that_cannot_be_made_is_told",
        ),
    ),
    34: FaultRow(
        "a file with damage",
        ("corruption",),
        (
            f"{_RECOVERY}::test_any_damage_ends_in_a_known_way",
            "unit/store/test_corruption.py",
            "desk/test_mending_window.py::test_a_damaged_outbox_is_restored_on_the_second_press_and_nothing_is_ready_to_be_sent",
        ),
    ),
    35: FaultRow(
        "kill -9 at every commit, send and receive",
        ("engine", "process"),
        ("engine/test_store_kills.py",),
    ),
    36: FaultRow("power lost: what was not flushed is gone", ("disk",)),
    37: FaultRow(
        "key store locked, missing, slow, forgetful, another one",
        tiers=("process",),
        tests=(
            "unit/settings/test_secret_stores.py",
            "unit/store/test_keys.py",
            "unit/store/test_lost_keys.py",
            "unit/bootstrap/test_keeping.py",
            "access/test_secret_service.py",
            "engine/test_session_only.py",
        ),
    ),
    38: FaultRow(
        "two starts, a lock left behind, two computers",
        ("engine", "process"),
        ("unit/store/test_profile_lock.py",),
    ),
    39: FaultRow(
        "edited while sending, double click, Enter held down, undo",
        tests=(
            f"{_FAULTS}::test_a_double_click_makes_one_draft_and_discarding_ends_it",
            f"{_FAULTS}::test_drafts_survive_a_crash_and_are_taken_up_again",
            f"{_ENROLL}::test_a_second_press_is_refused_while_the_first_is_open",
            "engine/test_moves.py::test_what_cannot_be_unmade_waits_and_can_be_taken_back",
            "widget/test_call_panel.py::test_three_keys_log_a_call",
        ),
    ),
    40: FaultRow(
        "the org changes in mid-run: cadence off, target gone or converted, owner inactive",
        ("engine",),
        (f"{_FEED}::test_a_converted_lead_leaves_the_list",),
    ),
    41: FaultRow(
        "another user or org while work waits",
        ("engine",),
        (
            "engine/test_session.py::test_another_user_gets_other_files_and_the_first_ones_work_stays",
            f"{_OPENING}::test_another_user_or_org_is_refused",
        ),
    ),
    42: FaultRow("100,000 rows of CSV, hostile cells", tests=("unit/domain/test_csv_cells.py",)),
    43: FaultRow(
        "exceptions in slots, coroutines, painting, models",
        tests=(
            "unit/bridge/test_bridge_parts.py::test_all_hooks_lead_to_one_place_and_repeats_are_counted",
            "unit/bridge/test_tasks.py::test_a_crash_is_logged_without_its_message_and_told_with_a_code",
            "widget/test_plain_text.py::test_a_fault_is_one_calm_line",
            f"{_FAULTS}::test_a_crash_of_ours_does_not_spin_and_loses_nothing",
        ),
    ),
    44: FaultRow(
        "a crash while updating, a file of a newer version",
        tests=(
            f"{_OPENING}::test_a_newer_file_is_refused_unchanged",
            f"{_OPENING}::test_a_saved_older_file_is_brought_up_to_date",
            "unit/store/test_migration_kills.py",
        ),
    ),
    45: FaultRow("a whole day: 300 calls, 3 bulk runs, 50,000 events", ("day",)),
}


def without_any_show() -> list[int]:
    """Return the rows that nothing shows yet."""
    return [number for number, row in FAULT_ROWS.items() if not (row.tiers or row.tests)]
