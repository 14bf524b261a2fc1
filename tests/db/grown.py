"""What a register of five years holds beside the rows that the measurements fill in: sealed records, search keys, kept
answers, operations and what they recorded. Invented inside the server, as many as there are persons.
"""

from typing import Final

OPERATIONS: Final = 50_000
"""More than five years bring. Of a few thousand PostgreSQL reads all to change one, and is right: they are a few
hundred pages, and it takes what is written for a hundred rows."""

COMMON: Final = "Common"
"""A word that stands in the names of one person in fifty."""

_SEALED: Final = """
INSERT INTO sealed_records (case_id, id, subject_kind, subject_id, kind, version, content, agency_id, recorded_at,
                            recorded_by)
SELECT case_id, id, 'person', id, 'note', 1, 'unreadable', agency_id, received_on, agency_id FROM persons
"""
_KEPT: Final = """
INSERT INTO kept_answers (principal_id, key_digest, request_digest, status, headers, wrapped_key, body, kept_at)
SELECT agency_id, uuid_send(id), 'none', 201, '{}', 'none', 'none', now() FROM persons
"""
_SEARCH_KEYS: Final = """
INSERT INTO search_keys (case_id, record_id, subject_kind, subject_id, kind, key)
SELECT case_id, id, 'person', id, term.kind, hashint8extended(abs(hashint8extended(number, term.salt)) % term.of, 0)
FROM (SELECT case_id, id, row_number() OVER () AS number FROM persons) person, (VALUES
    ('name', 1, 2000), ('name', 2, 100), ('whole_name', 3, 9000000), ('contact', 4, 9000000), ('document', 5, 9000000),
    ('text', 6, 5000), ('text', 7, 50)) term (kind, salt, of)
ON CONFLICT DO NOTHING
"""
_OPERATIONS: Final = """
INSERT INTO operations (id, reference, kind, agency_id, authority, started_on, ended_on, province, embargo_until,
                        recorded_by, recorded_at, version)
SELECT (lpad(to_hex((extract(epoch FROM begun) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid,
       'OP26-' || lpad(to_hex(n), 8, '0'),
       (ARRAY['raid', 'inspection', 'consular_visit', 'negotiated_release', 'welfare_check', 'welfare_check',
              'handover_foreign', 'welfare_check'])[1 + n * 7 % 8],
       agencies[1 + n % cardinality(agencies)], 'police', begun::date, begun::date,
       'KH-' || (1 + n % 25), CASE WHEN n % 100 = 0 THEN begun + interval '30 days' END, agencies[1], begun, 1
FROM (SELECT array_agg(id ORDER BY id) AS agencies FROM agencies) body, generate_series(1, $1::int) n,
     LATERAL (SELECT now() - (($1 + 1 - n) * 1800.0 / $1) * interval '1 day' AS begun) clock
"""
_EVENTS: Final = """
INSERT INTO events (case_id, id, seq, kind, subject_kind, subject_id, occurred_on, occurred_precision, recorded_at,
                    recorded_by, agency_id, fact, operation_id)
SELECT person.case_id, operation.id, 1000 + number, 'located', 'person', person.id, current_date, 'day', recorded_at,
       operation.agency_id, operation.agency_id, '{"result": "held"}', operation.id
FROM (SELECT case_id, id, row_number() OVER (ORDER BY id) AS number FROM persons) person
JOIN (SELECT id, agency_id, recorded_at, row_number() OVER () AS number FROM operations) operation USING (number)
"""
FILL: Final = ("SET session_replication_role = replica", _SEALED, _KEPT, _SEARCH_KEYS)
CARRY_OUT: Final = (_OPERATIONS.replace("$1", str(OPERATIONS)), _EVENTS, "RESET session_replication_role")
SHARE: Final = """
INSERT INTO search_keys (case_id, record_id, subject_kind, subject_id, kind, key)
SELECT person.case_id, person.id, 'person', person.id, told.kind, told.key
FROM (SELECT case_id, id FROM persons ORDER BY id LIMIT (SELECT count(*) / 50 FROM persons)) person,
     (SELECT DISTINCT kind, key FROM search_keys WHERE case_id = $1::text::uuid AND subject_kind = 'person') told
ON CONFLICT DO NOTHING
"""
"""Whatever was told of the persons of one case is told of many others."""
ADDED_TO: Final = "sealed_records, kept_answers, search_keys, operations, events"
