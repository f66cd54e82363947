{{aliases}},
line_sums AS (
  SELECT l.order_id,
    sum(CAST(coalesce(l.quantity, 1) AS DECIMAL(18, 6)) * l.unit_price) AS goods,
    sum(CASE WHEN l.unit_price IS NULL THEN 1 ELSE 0 END) AS unpriced,
    sum(CAST(coalesce(l.quantity, 1) AS DECIMAL(18, 6)) * p.cost) AS cost,
    sum(CASE WHEN p.cost IS NULL THEN 1 ELSE 0 END) AS uncosted
  FROM order_lines AS l LEFT JOIN products AS p ON l.product_id = p.product_id
  GROUP BY l.order_id
),
rate_days AS (
  SELECT o.order_id, max(r.day) AS day
  FROM orders AS o JOIN rates AS r ON r.from_currency = o.currency
  WHERE r.to_currency = '{{currency}}' AND to_char(r.day, '%Y-%m-%d') <= to_char(o.ordered_at AT TIME ZONE '{{zone}}', '%Y-%m-%d')
  GROUP BY o.order_id
),
raw AS (
  SELECT o.order_id, o.status, o.ordered_at, o.source_seq, o.delivered_at, o.shipped_at, o.promised_at, o.promised_on,
    coalesce(al.customer_id, o.customer_ref) AS customer_id,
    to_char(o.ordered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS month,
    CASE WHEN o.currency IS NULL OR o.currency = '{{currency}}' THEN CAST(1 AS DECIMAL(20, 10)) ELSE CAST(r.rate AS DECIMAL(20, 10)) END AS rate,
    CAST(CASE WHEN o.goods IS NOT NULL THEN o.goods WHEN s.unpriced = 0 THEN s.goods END AS DECIMAL(18, 4)) AS goods,
    CASE WHEN o.discount IS NULL THEN CAST(0 AS DECIMAL(18, 4)) ELSE o.discount END AS discount,
    o.cost,
    CAST(CASE WHEN s.uncosted = 0 THEN s.cost END AS DECIMAL(18, 4)) AS line_cost
  FROM orders AS o
  LEFT JOIN aliases AS al ON al.alias = o.customer_ref
  LEFT JOIN line_sums AS s ON s.order_id = o.order_id
  LEFT JOIN rate_days AS d ON d.order_id = o.order_id
  LEFT JOIN rates AS r ON r.from_currency = o.currency AND r.to_currency = '{{currency}}' AND r.day = d.day
),
sold AS (
  SELECT order_id, status, ordered_at, source_seq, delivered_at, shipped_at, promised_at, promised_on, customer_id, month,
    CAST(goods * rate AS DECIMAL(18, 4)) AS goods,
    CAST(discount * rate AS DECIMAL(18, 4)) AS discount,
    CAST(CAST(goods * rate AS DECIMAL(18, 4)) - CAST(discount * rate AS DECIMAL(18, 4)) AS DECIMAL(18, 4)) AS revenue,
    CASE WHEN cost IS NOT NULL THEN CAST(cost * rate AS DECIMAL(18, 4)) WHEN rate IS NOT NULL THEN line_cost END AS cost
  FROM raw
  WHERE status IS NULL OR (status <> 'cancelled' AND status <> 'unavailable')
)
