-- One row per touchpoint: everything dated that concerns a customer, from every table, with its stage.
-- Order of a customer's touchpoints, everywhere: at, source_seq, table_name, key, kind.
-- kind: of an interaction or loyalty event its own; orders give order, delivery, cancellation and return; payments
-- payment and refund; tickets ticket_opened; ticket events what the customer sees of them; feedback the instrument
-- with _answer (review stays review); exposures campaign_exposure (delivered ones). stage follows journey.toml.
-- before_first_order: before the customer's first order, or without one. value: the interaction's own number.
WITH dated AS (
  SELECT
    customer_ref, occurred_at AS at, source_seq, 'interactions' AS table_name, interaction_id AS key, kind, channel,
    CAST(NULL AS TEXT) AS order_id, CAST(NULL AS TEXT) AS ticket_id, campaign, product_id, session_id,
    CAST(NULL AS DECIMAL(18, 4)) AS amount, value, CAST(NULL AS DOUBLE) AS score, CAST(NULL AS DOUBLE) AS score_share,
    CAST(NULL AS TEXT) AS instrument, CAST(NULL AS TEXT) AS about, content
  FROM interactions
  UNION ALL
  SELECT
    customer_ref, ordered_at, source_seq, 'orders', order_id AS key, 'order', channel,
    order_id, NULL, NULL, NULL, session_id, revenue, NULL, NULL, NULL, NULL, NULL, NULL
  FROM order_facts
  UNION ALL
  SELECT
    customer_ref, delivered_at, source_seq, 'orders', order_id AS key, 'delivery', channel,
    order_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM orders
  WHERE delivered_at IS NOT NULL
  UNION ALL
  SELECT
    customer_ref, cancelled_at, source_seq, 'orders', order_id AS key, 'cancellation', channel,
    order_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM orders
  WHERE cancelled_at IS NOT NULL
  UNION ALL
  SELECT
    customer_ref, returned_at, source_seq, 'orders', order_id AS key, 'return', channel,
    order_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM order_facts
  WHERE returned_at IS NOT NULL
  UNION ALL
  SELECT
    customer_ref, at, source_seq, 'payments', payment_id, kind, channel,
    order_id, NULL, NULL, NULL, NULL, amount, NULL, NULL, NULL, NULL, NULL, method
  FROM payment_facts
  WHERE at IS NOT NULL
  UNION ALL
  SELECT
    customer_ref, opened_at, source_seq, 'tickets', ticket_id AS key, 'ticket_opened' AS kind, channel,
    order_id, ticket_id, NULL, product_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, need
  FROM tickets
  UNION ALL
  SELECT
    t.customer_ref, e.at, e.source_seq, 'ticket_events', e.ticket_id || '/' || e.event_id, e.kind,
    coalesce(e.channel, t.channel), t.order_id, e.ticket_id, NULL, t.product_id, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, e.article_id
  FROM ticket_events AS e
  JOIN tickets AS t ON t.ticket_id = e.ticket_id
  WHERE e.kind IN ('customer_message', 'public_answer', 'bot_answer', 'solved', 'reopened')
  UNION ALL
  SELECT
    customer_ref, answered_at, source_seq, 'feedback', feedback_id,
    CASE WHEN instrument = 'review' THEN instrument ELSE instrument || '_answer' END, channel,
    order_id, ticket_id, NULL, NULL, NULL, NULL, NULL, score, score_share, instrument, about, question
  FROM feedback_facts
  WHERE answered
  UNION ALL
  SELECT
    customer_ref, at, source_seq, 'loyalty_events', event_id, kind, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, points, NULL, NULL, NULL, NULL, tier
  FROM loyalty_events
  UNION ALL
  SELECT
    customer_ref, at, source_seq, 'exposures', action_id || '/' || customer_ref, 'campaign_exposure', NULL,
    NULL, NULL, action_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, arm
  FROM exposures
  WHERE delivered IS DISTINCT FROM false AND arm <> 'holdout'
),
placed AS (
  SELECT
    coalesce(a.customer_id, d.customer_ref) AS customer_id,
    d.*,
    p.first_placed_at IS NULL OR d.at < p.first_placed_at AS before_first_order,
    coalesce(p.known, false) AS known,
    p.region,
    p.segment
  FROM dated AS d
  LEFT JOIN customer_aliases AS a ON a.alias = d.customer_ref
  LEFT JOIN customer_profiles AS p ON p.customer_id = coalesce(a.customer_id, d.customer_ref)
  WHERE d.customer_ref IS NOT NULL
)
SELECT
  customer_id,
  customer_ref,
  at,
  source_seq,
  table_name,
  key,
  kind,
  channel,
  {{stage}} AS stage,
  order_id,
  ticket_id,
  campaign,
  product_id,
  session_id,
  amount,
  value,
  score,
  score_share,
  instrument,
  about,
  content,
  before_first_order,
  known,
  region,
  segment
FROM placed
