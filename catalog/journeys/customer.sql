-- Touchpoints for the journeys of customers. alias: the customer as the source names it.
SELECT
  customer_ref AS alias, at, source_seq, table_name, key, kind, channel, session_id, amount, score_share, order_id,
  ticket_id, instrument, about, promised_until, counts, import_id
FROM _dated
WHERE customer_ref IS NOT NULL
