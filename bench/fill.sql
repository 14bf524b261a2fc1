-- A register as it would stand after five years, made inside the server from `bench_shape` alone: the same shape gives
-- the same register. Two persons a case. What the service would have written is written here: events, the rows that
-- follow from them, signed entries, folded days, summed months, audit rows, data keys. Sealed records are left out.

CREATE FUNCTION bench_id(milliseconds bigint, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex(milliseconds), 12, '0') || '70008' || lpad(to_hex(number), 15, '0'))::uuid $$;

CREATE FUNCTION bench_ms(instant timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (extract(epoch FROM instant) * 1000)::bigint $$;

-- A share of one, the same for the same number, unlike its neighbours'.
CREATE FUNCTION bench_share(number bigint, salt bigint) RETURNS double precision LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(number, salt) & 1048575) / 1048576.0 $$;

CREATE UNLOGGED TABLE bench_cases AS
SELECT c AS number, bench_id(first_ms + c * step_ms, c) AS id, first_ms + c * step_ms AS ms, filed_at,
       'KH26-' || upper(lpad(to_hex(c), 8, '0')) AS reference,
       agencies[1 + (c % cardinality(agencies))] AS agency_id,
       filers[1 + (c % cardinality(filers))] AS filed_by,
       (filed_at AT TIME ZONE 'Asia/Phnom_Penh')::date - (c % 4)::int AS received_on,
       (ARRAY['hotline_117', 'fb_police', 'walk_in', 'diplomatic_note'])[1 + c % 4] AS channel,
       (ARRAY['KH-18', 'KH-18', 'KH-12', 'KH-1', 'KH-10', 'KH-14', 'KH-15', 'KH-21'])[1 + c % 8] AS province,
       CASE WHEN bench_share(c, 1) < 0.6 AND filed_at + interval '3 days' < until
            THEN filed_at + interval '3 days' END AS found_at
FROM bench_shape, generate_series(1, persons / 2) c,
     LATERAL (SELECT to_timestamp((first_ms + c * step_ms) / 1000.0) AS filed_at) instant;

ALTER TABLE bench_cases ADD findings jsonb NOT NULL DEFAULT '[]';
UPDATE bench_cases SET findings = jsonb_build_array(jsonb_build_object(
    'authority', 'police', 'outcome', 'presumed_victim', 'standard', 'reasonable_grounds',
    'evidence', ARRAY['site_visit'], 'on', (found_at AT TIME ZONE 'Asia/Phnom_Penh')::date, 'leads', true))
WHERE found_at IS NOT NULL;

CREATE UNLOGGED TABLE bench_persons AS
SELECT p AS number, c.number AS case_number, c.id AS case_id, bench_id(c.ms, 1000000000 + p) AS id, c.ms, c.filed_at,
       c.reference || upper(lpad(to_hex(p % 2), 3, '0')) AS reference, c.agency_id, c.filed_by, c.province,
       c.received_on, c.found_at, c.findings, rescued_at, home_at, corrected_at,
       3 + 3 * ((p - 1) % 2)::int AS seq,
       nationalities[1 + floor(cardinality(nationalities) * bench_share(p, 2) ^ 2)::int] AS first_nationality,
       CASE WHEN corrected_at IS NULL
            THEN nationalities[1 + floor(cardinality(nationalities) * bench_share(p, 2) ^ 2)::int]
            ELSE nationalities[1 + floor(cardinality(nationalities) * bench_share(p, 3))::int] END AS nationality,
       (ARRAY['female', 'male', 'male', 'male'])[1 + p % 4] AS sex,
       (ARRAY[10, 30, 30, 30, NULL])[1 + p % 5] AS age,
       (ARRAY['minor', 'adult', 'adult', 'adult', 'unknown'])[1 + p % 5] AS age_group,
       (c.found_at AT TIME ZONE 'Asia/Phnom_Penh')::date AS found_on,
       (rescued_at AT TIME ZONE 'Asia/Phnom_Penh')::date - (p % 3)::int AS rescued_on,
       (home_at AT TIME ZONE 'Asia/Phnom_Penh')::date - (p % 5)::int AS home_on
FROM bench_shape, generate_series(1, persons) p
JOIN bench_cases c ON c.number = (p + 1) / 2,
LATERAL (SELECT CASE WHEN c.found_at IS NOT NULL AND bench_share(p, 4) < 0.5
                          AND c.filed_at + interval '10 days' < until THEN c.filed_at + interval '10 days' END) r (rescued_at),
LATERAL (SELECT CASE WHEN rescued_at IS NOT NULL AND bench_share(p, 5) < 0.7
                          AND c.filed_at + interval '40 days' < until THEN c.filed_at + interval '40 days' END) h (home_at),
LATERAL (SELECT CASE WHEN bench_share(p, 6) < 0.02
                          AND c.filed_at + interval '90 days' < until THEN c.filed_at + interval '90 days' END) k (corrected_at);

CREATE INDEX ON bench_persons (case_number);
ANALYZE bench_cases, bench_persons;

-- What was recorded later, in its order in the log.
CREATE UNLOGGED TABLE bench_later AS
SELECT happened.*, 9 + row_number() OVER (PARTITION BY case_number ORDER BY recorded_at, place)::int AS seq
FROM (
    SELECT number AS case_number, id AS case_id, 0 AS place, 'finding_made' AS kind, 'case' AS subject_kind,
           id AS subject_id, (found_at AT TIME ZONE 'Asia/Phnom_Penh')::date AS occurred_on, found_at AS recorded_at,
           '{"outcome": "presumed_victim", "authority": "police", "standard": "reasonable_grounds",
             "evidence": ["site_visit"]}'::jsonb AS fact
    FROM bench_cases WHERE found_at IS NOT NULL
    UNION ALL
    SELECT case_number, case_id, number, 'rescued', 'person', id, rescued_on, rescued_at,
           '{"by": ["cambodian_authority"]}' FROM bench_persons WHERE rescued_at IS NOT NULL
    UNION ALL
    SELECT case_number, case_id, number, 'repatriated', 'person', id, home_on, home_at,
           '{"mode": "deported", "to_country": "THA"}' FROM bench_persons WHERE home_at IS NOT NULL
    UNION ALL
    SELECT case_number, case_id, number, 'nationality_asserted', 'person', id,
           (corrected_at AT TIME ZONE 'Asia/Phnom_Penh')::date, corrected_at,
           jsonb_build_object('source', 'document_seen', 'nationality', nationality)
    FROM bench_persons WHERE corrected_at IS NOT NULL
) happened;
CREATE INDEX ON bench_later (case_number);
ANALYZE bench_later;

INSERT INTO cases (
    id, reference, agency_id, filed_by, channel, kind, urgency, language, province, precision, relationship,
    received_on, filed_at, recorded_at, status, closure, tally, head_count, allegations, nationalities, disclosed_to,
    completeness, missing, assigned_to, seq, version, withheld_from, findings)
SELECT c.id, c.reference, c.agency_id, c.filed_by, c.channel, 'rescue', 'normal', 'zh-Hant', c.province, 'building',
       'sibling', c.received_on, c.filed_at, coalesce(l.recorded_at, c.filed_at),
       CASE p.rank WHEN 1 THEN 'received' WHEN 2 THEN 'verified' WHEN 3 THEN 'rescued'
            ELSE 'repatriated' END,
       NULL, p.tally, NULL, ARRAY['illegal_detention'], p.nationalities, s.states, 100, '{}', NULL,
       coalesce(l.seq, 9), 1 + coalesce(l.seq, 9) - 9, '{}', c.findings
FROM bench_cases c
JOIN (
    SELECT case_number, min(rank) AS rank,
           CASE WHEN min(status) = max(status) THEN jsonb_build_object(min(status), 2)
                ELSE jsonb_build_object(min(status), 1, max(status), 1) END AS tally,
           CASE WHEN min(nationality) = max(nationality) THEN ARRAY[min(nationality)]
                ELSE ARRAY[min(nationality), max(nationality)] END AS nationalities
    FROM (
        SELECT case_number, nationality,
               CASE WHEN home_at IS NOT NULL THEN 4 WHEN rescued_at IS NOT NULL THEN 3 WHEN found_at IS NOT NULL THEN 2
                    ELSE 1 END AS rank,
               CASE WHEN home_at IS NOT NULL THEN 'repatriated' WHEN rescued_at IS NOT NULL THEN 'rescued'
                    WHEN found_at IS NOT NULL THEN 'verified' ELSE 'received' END AS status
        FROM bench_persons
    ) ranked GROUP BY case_number
) p ON p.case_number = c.number
JOIN (
    SELECT case_number, array_agg(DISTINCT state ORDER BY state) AS states
    FROM bench_persons, LATERAL (VALUES (first_nationality), (nationality)) shown (state) GROUP BY case_number
) s ON s.case_number = c.number
LEFT JOIN (SELECT case_number, max(seq) AS seq, max(recorded_at) AS recorded_at FROM bench_later GROUP BY 1) l
       ON l.case_number = c.number
ORDER BY c.number;

INSERT INTO persons (
    case_id, id, reference, agency_id, present, seq, status, sex, stated_age, stated_age_on, nationality,
    nationality_source, disclosed_to, shown_to, fears_own_state, awaiting_return, in_custody, received_on, verified_on,
    rescued_on, repatriated_on, version, withheld_from, wishes, findings, return_tasks, assertions)
SELECT case_id, id, reference, agency_id, true, seq,
       CASE WHEN home_at IS NOT NULL THEN 'repatriated' WHEN rescued_at IS NOT NULL THEN 'rescued'
            WHEN found_at IS NOT NULL THEN 'verified' ELSE 'received' END,
       sex, age, CASE WHEN age IS NOT NULL THEN received_on END, nationality,
       CASE WHEN corrected_at IS NULL THEN 'claimed_reporter' ELSE 'document_seen' END, nationality,
       ARRAY(SELECT DISTINCT state FROM unnest(ARRAY[first_nationality, nationality]) state ORDER BY state), false,
       rescued_at IS NOT NULL AND home_at IS NULL, false, received_on, found_on, rescued_on, home_on, 1,
       '{}', '[]', findings, '[]',
       jsonb_build_array(jsonb_build_object(
           'nationality', first_nationality, 'source', 'claimed_reporter', 'decision', false))
       || CASE WHEN corrected_at IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
           'nationality', nationality, 'source', 'document_seen', 'decision', false)) END
FROM bench_persons ORDER BY number;

INSERT INTO offenders (case_id, id, reference, agency_id, present, seq, roles, stage, version, withheld_from, stages)
SELECT id, bench_id(ms, 2000000000 + number), reference || '0FF', agency_id, true, 9, '{site_operator}', 'named', 1,
       '{}', '[]'
FROM bench_cases ORDER BY number;

INSERT INTO data_keys
SELECT s.case_id, s.subject_id, wrapped, s.filed_at
FROM bench_shape, (
    SELECT id AS case_id, id AS subject_id, filed_at, ms FROM bench_cases
    UNION ALL SELECT case_id, id, filed_at, ms FROM bench_persons
    UNION ALL SELECT id, bench_id(ms, 2000000000 + number), filed_at, ms FROM bench_cases
    ORDER BY ms
) s;

INSERT INTO events
SELECT e.case_id, bench_id(bench_ms(e.recorded_at), 3000000000 + e.case_number * 64 + e.seq), e.seq, e.kind,
       e.subject_kind, e.subject_id, e.occurred_on, 'day', e.recorded_at, e.recorded_by, e.agency_id, e.fact
FROM (
    SELECT number AS case_number, id AS case_id, told.seq, told.kind, 'case' AS subject_kind, id AS subject_id,
           received_on AS occurred_on, filed_at AS recorded_at, filed_by AS recorded_by, agency_id, told.fact
    FROM bench_cases, LATERAL (VALUES
        (1, 'received', jsonb_build_object(
            'channel', channel, 'language', 'zh-Hant', 'province', province, 'precision', 'building',
            'place_given', true, 'relationship', 'sibling', 'contact_given', true)),
        (2, 'alleged', '{"types": ["illegal_detention"]}')) told (seq, kind, fact)
    UNION ALL
    SELECT number, id, 9, 'named', 'offender', bench_id(ms, 2000000000 + number), received_on, filed_at, filed_by,
           agency_id, '{"roles": ["site_operator"], "described": true}'
    FROM bench_cases
    UNION ALL
    SELECT case_number, case_id, seq + told.next, told.kind, 'person', id, received_on, filed_at, filed_by, agency_id,
           told.fact
    FROM bench_persons, LATERAL (VALUES
        (0, 'added', '{"named": true}'::jsonb),
        (1, 'described', jsonb_strip_nulls(jsonb_build_object('sex', sex, 'age', age))),
        (2, 'nationality_asserted', jsonb_build_object(
            'source', 'claimed_reporter', 'nationality', first_nationality))) told (next, kind, fact)
    UNION ALL
    SELECT case_number, case_id, seq, kind, subject_kind, subject_id, occurred_on, recorded_at, recorder, body, fact
    FROM bench_later, bench_shape
) e
ORDER BY e.recorded_at, e.case_number, e.seq;

INSERT INTO ledger_entries
SELECT e.case_id, bench_id(bench_ms(e.recorded_at), e.number * 128 + e.place), e.recorded_at,
       e.subject_id, e.measure, e.occurred_on, e.nationality, e.sex, e.age_group, e.province, e.detail, e.channel,
       e.kind, e.delta
FROM (
    SELECT c.id AS case_id, c.number, told.place, told.recorded_at, c.id AS subject_id, told.measure, told.occurred_on,
           '-' AS nationality, '-' AS sex, '-' AS age_group, c.province, told.detail, c.channel, 'rescue' AS kind,
           1 AS delta
    FROM bench_cases c, LATERAL (VALUES
        (0, 'cases_received', c.received_on, '-', c.filed_at),
        (1, 'cases_standing', c.received_on, 'open', c.filed_at),
        (2, 'cases_intervened', (c.found_at AT TIME ZONE 'Asia/Phnom_Penh')::date, '-', c.found_at),
        (3, 'cases_by_finding', (c.found_at AT TIME ZONE 'Asia/Phnom_Penh')::date, 'presumed_victim', c.found_at),
        (126, 'alleged_unsaid', c.received_on, '-', c.filed_at),
        (127, 'cases_complete', c.received_on, 'contact+crime+location+names+nationality+offender', c.filed_at)
    ) told (place, measure, occurred_on, detail, recorded_at)
    WHERE told.recorded_at IS NOT NULL
    UNION ALL
    SELECT p.case_id, p.case_number, 4 + (p.number % 2 * 20 + told.place) * 3 + entry.place, entry.recorded_at, p.id, told.measure, told.occurred_on, entry.nationality, p.sex,
           p.age_group, p.province, told.detail, '-', '-', entry.delta
    FROM bench_persons p, LATERAL (VALUES
        (0, 'persons_received', p.received_on, '-', 1, p.filed_at),
        (1, 'status', p.received_on, 'received', 1, p.filed_at),
        (2, 'status', p.found_on, 'received', -1, p.found_at),
        (3, 'status', p.found_on, 'verified', 1, p.found_at),
        (4, 'persons_verified', p.found_on, '-', 1, p.found_at),
        (5, 'status', p.rescued_on, 'verified', -1, p.rescued_at),
        (6, 'status', p.rescued_on, 'rescued', 1, p.rescued_at),
        (7, 'persons_rescued', p.rescued_on, '-', 1, p.rescued_at),
        (8, 'rescued_by', p.rescued_on, 'cambodian_authority', 1, p.rescued_at),
        (9, 'rescued_standing', p.rescued_on, 'awaiting_return', 1, p.rescued_at),
        (10, 'status', p.home_on, 'rescued', -1, p.home_at),
        (11, 'status', p.home_on, 'repatriated', 1, p.home_at),
        (12, 'persons_repatriated', p.home_on, 'deported', 1, p.home_at),
        (13, 'journeys_home', p.home_on, 'deported', 1, p.home_at),
        (14, 'rescued_standing', p.home_on, 'awaiting_return', -1, p.home_at),
        (15, 'rescued_standing', p.home_on, 'repatriated', 1, p.home_at),
        (16, 'days_in_status', p.found_on, 'received:' || (p.found_on - p.received_on), 1, p.found_at),
        (17, 'days_in_status', p.rescued_on, 'verified:' || (p.rescued_on - p.found_on), 1, p.rescued_at),
        (18, 'rescued_found', p.rescued_on, 'presumed_victim', 1, p.rescued_at),
        (19, 'days_in_status', p.home_on, 'rescued:' || (p.home_on - p.rescued_on), 1, p.home_at)
    ) told (place, measure, occurred_on, detail, delta, recorded_at),
    LATERAL (
        SELECT 0, told.recorded_at, p.first_nationality, told.delta
        UNION ALL SELECT 1, p.corrected_at, p.first_nationality, -told.delta WHERE p.corrected_at IS NOT NULL
        UNION ALL SELECT 2, p.corrected_at, p.nationality, told.delta WHERE p.corrected_at IS NOT NULL
    ) entry (place, recorded_at, nationality, delta)
    WHERE told.recorded_at IS NOT NULL
) e
ORDER BY e.recorded_at, e.number;

INSERT INTO audit_log
SELECT bench_id(ms, 4000000000 + number), filed_at, filed_by, agency_id, 'operator', 'case:filed', ARRAY[id],
       '{name,narrative,place,reporter}', NULL, bench_id(ms, 5000000000 + number), sha256(id::text::bytea)
FROM bench_cases ORDER BY number;
SELECT sort_audit_rest();

INSERT INTO audit_log
SELECT bench_id(bench_ms(recorded_at), 6000000000 + number), recorded_at, recorded_by, agency_id, 'verifier',
       'events:recorded', ARRAY[case_id], '{}', NULL, bench_id(bench_ms(recorded_at), 7000000000 + number),
       sha256(case_id::text::bytea)
FROM (
    SELECT e.case_id, e.recorded_at, e.recorded_by, e.agency_id,
           row_number() OVER (ORDER BY e.recorded_at, e.case_id) AS number
    FROM events e JOIN cases c ON c.id = e.case_id WHERE e.recorded_at <> c.filed_at
    GROUP BY e.case_id, e.recorded_at, e.recorded_by, e.agency_id
) later
ORDER BY number;

-- A key of eleven columns is made faster from all rows at once than row by row.
ALTER TABLE ledger_totals DROP CONSTRAINT pk_ledger_totals;
INSERT INTO ledger_totals (measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group, province,
                           channel, kind, delta)
SELECT measure, CASE GROUPING(sex) WHEN 0 THEN 'full' ELSE 'coarse' END, (recorded_at AT TIME ZONE 'UTC')::date,
       occurred_on, nationality, detail, coalesce(sex, '*'), coalesce(age_group, '*'), coalesce(province, '*'),
       coalesce(channel, '*'), coalesce(kind, '*'), sum(delta)
FROM ledger_entries
GROUP BY measure, 3, occurred_on, nationality, detail,
         GROUPING SETS ((), (sex, age_group, province, channel, kind))
HAVING sum(delta) <> 0;
ALTER TABLE ledger_totals ADD CONSTRAINT pk_ledger_totals PRIMARY KEY (
    measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind);

INSERT INTO ledger_folds
SELECT (recorded_at AT TIME ZONE 'UTC')::date, max(recorded_at) + interval '1 day', count(*)
FROM ledger_entries GROUP BY 1;

SELECT fold_ledger_months(date_trunc('month', max(recorded_on)::timestamp)::date) FROM ledger_folds;

INSERT INTO ledger_closed
SELECT DISTINCT recorded_month, now() FROM ledger_months;

INSERT INTO ledger_cells (measure, occurred_month, recorded_month, nationality, detail, sex, age_group, province, channel,
                          kind, delta)
SELECT measure, date_trunc('month', occurred_on::timestamp)::date, date_trunc('month', recorded_on::timestamp)::date,
       nationality, detail, sex, age_group, province, channel, kind, sum(delta)
FROM ledger_totals
WHERE grain = 'full' AND recorded_on < (SELECT date_trunc('month', max(recorded_on)::timestamp) FROM ledger_folds)
GROUP BY 1, 2, 3, nationality, detail, sex, age_group, province, channel, kind
HAVING sum(delta) <> 0;

CREATE TEMP TABLE bench_open_month AS
SELECT * FROM ledger_totals
WHERE recorded_on >= (SELECT date_trunc('month', max(recorded_on)::timestamp) FROM ledger_folds);
TRUNCATE ledger_totals;
INSERT INTO ledger_totals SELECT * FROM bench_open_month;

DROP TABLE bench_open_month, bench_cases, bench_persons, bench_later;
