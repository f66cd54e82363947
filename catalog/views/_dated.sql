-- Everything dated that concerns a customer, as the tables tell it: before customers are resolved and stages given.
-- touchpoints and the journeys read it; touchpoints says what the columns mean. import_id: of the row itself.
-- promised_until: the last instant at which a delivery keeps its promise.
SELECT
  customer_ref, occurred_at AS at, source_seq, 'interactions' AS table_name, interaction_id AS key, kind, channel,
  CAST(NULL AS TEXT) AS order_id, CAST(NULL AS TEXT) AS ticket_id, campaign, product_id, session_id,
  CAST(NULL AS DECIMAL(18, 4)) AS amount, value, CAST(NULL AS DOUBLE) AS score, CAST(NULL AS DOUBLE) AS score_share,
  CAST(NULL AS TEXT) AS instrument, CAST(NULL AS TEXT) AS about, content, import_id,
  arrow_cast(NULL, 'Timestamp(Microsecond, Some("UTC"))') AS promised_until, CAST(NULL AS BOOLEAN) AS counts
FROM interactions
UNION ALL
SELECT
  customer_ref, ordered_at, source_seq, 'orders', order_id AS key, 'order', channel,
  order_id, NULL, NULL, NULL, session_id, revenue, NULL, NULL, NULL, NULL, NULL, NULL, import_id,
  coalesce(promised_at, day_end(promised_on) - INTERVAL '1 microsecond'), counts
FROM _order_amounts
UNION ALL
SELECT
  customer_ref, delivered_at, source_seq, 'orders', order_id AS key, 'delivery', channel,
  order_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, import_id,
  coalesce(promised_at, day_end(promised_on) - INTERVAL '1 microsecond'), NULL
FROM orders
WHERE delivered_at IS NOT NULL
UNION ALL
SELECT
  customer_ref, cancelled_at, source_seq, 'orders', order_id AS key, 'cancellation', channel,
  order_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, import_id, NULL, NULL
FROM orders
WHERE cancelled_at IS NOT NULL
UNION ALL
SELECT
  customer_ref, returned_at, source_seq, 'orders', order_id AS key, 'return', channel,
  order_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, import_id, NULL, NULL
FROM _order_amounts
WHERE returned_at IS NOT NULL
UNION ALL
SELECT
  customer_ref, at, source_seq, 'payments', payment_id, kind, channel,
  order_id, NULL, NULL, NULL, NULL, amount, NULL, NULL, NULL, NULL, NULL, method, import_id, NULL, NULL
FROM payment_facts
WHERE at IS NOT NULL
UNION ALL
SELECT
  customer_ref, opened_at, source_seq, 'tickets', ticket_id AS key, 'ticket_opened' AS kind, channel,
  order_id, ticket_id, NULL, product_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, need, import_id, NULL, NULL
FROM tickets
UNION ALL
SELECT
  t.customer_ref, e.at, e.source_seq, 'ticket_events', e.ticket_id || '/' || e.event_id, e.kind,
  coalesce(e.channel, t.channel), t.order_id, e.ticket_id, NULL, t.product_id, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, e.article_id, e.import_id, NULL, NULL
FROM ticket_events AS e
JOIN tickets AS t ON t.ticket_id = e.ticket_id
WHERE e.kind IN ('customer_message', 'public_answer', 'bot_answer', 'solved', 'reopened')
UNION ALL
SELECT
  whose, answered_at, source_seq, 'feedback', feedback_id,
  CASE WHEN instrument = 'review' THEN instrument ELSE instrument || '_answer' END, channel,
  order_id, ticket_id, NULL, NULL, NULL, NULL, NULL, score, score_share, instrument, about, question, import_id,
  NULL, NULL
FROM _feedback_scores
WHERE answered_at IS NOT NULL
UNION ALL
SELECT
  customer_ref, at, source_seq, 'loyalty_events', event_id, kind, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, points, NULL, NULL, NULL, NULL, tier, import_id, NULL, NULL
FROM loyalty_events
UNION ALL
SELECT
  customer_ref, at, source_seq, 'exposures', action_id || '/' || customer_ref, 'campaign_exposure', NULL,
  NULL, NULL, action_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, arm, import_id, NULL, NULL
FROM exposures
WHERE delivered IS DISTINCT FROM false AND arm <> 'holdout'
