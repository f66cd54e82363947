-- Touchpoints for the journeys of tickets: all that happened to them, also what the customer does not see. kind: the
-- source's own word, else ours; about: ours.
SELECT
  ticket_id AS alias, at, source_seq, 'ticket_events' AS table_name, event_id AS key, coalesce(label, kind) AS kind,
  channel, CAST(NULL AS TEXT) AS session_id, CAST(NULL AS DECIMAL(18, 4)) AS amount,
  CAST(NULL AS DOUBLE) AS score_share, CAST(NULL AS TEXT) AS order_id, ticket_id, CAST(NULL AS TEXT) AS instrument,
  kind AS about, arrow_cast(NULL, 'Timestamp(Microsecond, Some("UTC"))') AS promised_until,
  CAST(NULL AS BOOLEAN) AS counts, import_id
FROM ticket_events
