-- One row per touchpoint: everything dated that concerns a customer, from every table, with its stage.
-- Order of a customer's touchpoints, everywhere: occurred_at, source_seq, table_name, key, kind; at is occurred_at.
-- kind: of an interaction or loyalty event its own; orders give order, delivery, cancellation and return; payments
-- payment and refund; tickets ticket_opened; ticket events what the customer sees of them; feedback the instrument
-- with _answer (review stays review); exposures campaign_exposure (delivered ones). stage follows journey.toml.
-- before_first_order: before the customer's first order, or without one. value: the interaction's own number.
WITH placed AS (
  SELECT
    coalesce(a.customer_id, d.customer_ref) AS customer_id,
    d.*,
    p.first_placed_at IS NULL OR d.at < p.first_placed_at AS before_first_order,
    coalesce(p.known, false) AS known,
    p.region,
    p.segment
  FROM _dated AS d
  LEFT JOIN customer_aliases AS a ON a.alias = d.customer_ref
  LEFT JOIN customer_profiles AS p ON p.customer_id = coalesce(a.customer_id, d.customer_ref)
  WHERE d.customer_ref IS NOT NULL
)
SELECT
  customer_id,
  customer_ref,
  at AS occurred_at,
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
ORDER BY customer_id, occurred_at, source_seq, table_name, key, kind
