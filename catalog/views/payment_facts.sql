-- One row per payment or refund, with its order's customer and its amount in the workspace currency, converted at
-- the rate of its own local day (empty without a rate). at: its own time, else the order's. currency: its own, else
-- the order's, else the workspace's. order_counts: false where the order was cancelled or unavailable, empty
-- where the order is unknown.
WITH joined AS (
  SELECT
    p.payment_id,
    p.order_id,
    coalesce(p.at, o.ordered_at) AS at,
    p.source,
    p.import_id,
    p.source_seq,
    coalesce(p.kind, 'payment') AS kind,
    p.method,
    p.amount,
    coalesce(p.currency, o.currency, workspace_currency()) AS currency,
    coalesce(a.customer_id, o.customer_ref) AS customer_id,
    o.customer_ref,
    o.channel,
    CASE WHEN o.order_id IS NOT NULL
      THEN o.status IS NULL OR o.status NOT IN ('cancelled', 'unavailable') END AS order_counts
  FROM payments AS p
  LEFT JOIN orders AS o ON o.order_id = p.order_id
  LEFT JOIN customer_aliases AS a ON a.alias = o.customer_ref
)
SELECT
  j.payment_id,
  j.order_id,
  j.customer_id,
  j.customer_ref,
  j.at,
  j.source,
  j.import_id,
  j.source_seq,
  j.kind,
  j.method,
  j.channel,
  j.currency,
  j.currency <> workspace_currency() AND x.rate IS NULL AS no_rate,
  CAST(j.amount * CASE WHEN j.currency = workspace_currency() THEN CAST(1 AS DECIMAL(20, 10)) ELSE x.rate END
    AS DECIMAL(18, 4)) AS amount,
  j.order_counts
FROM joined AS j
LEFT JOIN exchange_rates AS x ON x.currency = j.currency AND x.day = local_day(j.at)
