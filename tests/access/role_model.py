"""Who may do what, written from the words of the role table (design, section 8; readings in ADR 0011).

It shares nothing with the policy of the service: what the two say is compared call by call.
"""

from collections.abc import Mapping
from typing import Final

PEOPLE: Final = (
    "operator", "verifier", "officer", "liaison", "supervisor", "reporting", "publisher", "auditor", "admin",
)  # fmt: skip
KEYS: Final = ("exact key", "public key", "metrics key")
SHUT_OUT: Final = (
    "anonymous", "garbage token", "expired session", "closed session", "idle session", "disabled user",
    "user of a disabled agency", "revoked key", "expired key",
)  # fmt: skip

_ANYBODY: Final = frozenset({*PEOPLE, *KEYS, *SHUT_OUT})
_SIGNED_IN: Final = frozenset({*PEOPLE, *KEYS})
_READS_CASES: Final = frozenset({"operator", "verifier", "officer", "liaison", "supervisor"})
_FILES: Final = frozenset({"operator", "liaison", "supervisor"})
_ADDS: Final = frozenset({"operator", "supervisor"})
_READS_FIGURES: Final = frozenset({"supervisor", "reporting", "publisher", "exact key"})
_ADMINISTERS: Final = frozenset({"admin"})

MAY: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("sign_in", "front_door", "live", "ready"), _ANYBODY),
    **dict.fromkeys(("read_self", "sign_out", "change_password", "list_code_lists", "read_code_list"), _SIGNED_IN),
    **dict.fromkeys(("file_case",), _FILES),
    **dict.fromkeys(
        ("list_cases", "read_case", "read_timeline", "add_note", "list_persons", "read_person", "record_events",
         "search", "hand_over", "read_returns"),
        _READS_CASES,
    ),
    **dict.fromkeys(("amend_case", "add_person", "add_persons", "add_offender"), _ADDS),
    "amend_person": frozenset({"operator", "verifier", "liaison", "supervisor"}),
    "read_offender": _READS_CASES - {"liaison"},
    "amend_offender": frozenset({"operator", "officer", "supervisor"}),
    "void_event": frozenset({"liaison", "supervisor"}),
    "void_returns": frozenset({"officer", "liaison", "supervisor"}),
    **dict.fromkeys(("record_operation", "report_results"), frozenset({"officer", "liaison"})),
    **dict.fromkeys(("amend_operation", "add_operation_note"), frozenset({"officer", "liaison", "supervisor"})),
    **dict.fromkeys(("list_operations", "read_operation", "read_results"), _READS_CASES - {"operator"}),
    **dict.fromkeys(("list_figures", "read_figure"), _READS_FIGURES),
    **dict.fromkeys(("read_audit_log", "read_audit_of_subject"), frozenset({"auditor"})),
    **dict.fromkeys(
        (
            "list_agencies", "make_agency", "read_agency", "change_agency", "disable_agency", "list_users", "make_user",
            "read_user", "change_user", "disable_user", "list_keys", "make_key", "read_key", "change_key", "revoke_key",
        ),
        _ADMINISTERS,
    ),
    "metrics": frozenset({"admin", "metrics key"}),
}  # fmt: skip
"""For each operation, everybody it opens for."""

MAY_RECORD: Final[Mapping[str, frozenset[str]]] = {
    "headcount_claimed": frozenset({"operator", "supervisor"}),
    "alleged": frozenset({"operator", "supervisor"}),
    "finding_made": frozenset({"verifier"}),
    "located": frozenset({"verifier"}),
    "nationality_asserted": frozenset({"operator", "verifier", "supervisor"}),
    "wish_stated": frozenset({"operator", "liaison", "supervisor"}),
    "documents_checked": frozenset({"officer", "liaison"}),
    "custody_started": frozenset({"officer", "liaison"}),
    "custody_ended": frozenset({"officer", "liaison"}),
    "return_step": frozenset({"officer", "liaison"}),
    "rescued": frozenset({"officer", "liaison"}),
    "rescue_refused": frozenset({"officer", "liaison"}),
    "repatriated": frozenset({"liaison", "supervisor"}),
    "ended": frozenset({"liaison", "supervisor"}),
    "stage_reached": frozenset({"officer"}),
    "closed": frozenset({"supervisor"}),
    "reopened": frozenset({"supervisor"}),
}
"""Who records which kind, with the values that `operations.EVENT_DATA` gives."""
