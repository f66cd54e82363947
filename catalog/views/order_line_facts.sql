-- One row per line of an order, with its product, its order's customer and its amounts in the workspace currency
-- (empty without a rate). goods: quantity times unit price. handed_over_in_time: shipped by the seller's own limit.
SELECT
  l.order_id,
  l.line,
  o.customer_id,
  o.ordered_at,
  o.status,
  o.counts,
  o.channel,
  o.region,
  o.segment,
  o.delivered_at,
  o.shipped_at,
  l.ship_by,
  o.shipped_at <= l.ship_by AS handed_over_in_time,
  l.product_id,
  p.name AS product,
  p.category,
  l.seller,
  coalesce(l.quantity, 1) AS quantity,
  CAST(l.unit_price * o.rate AS DECIMAL(18, 4)) AS unit_price,
  CAST(CAST(CAST(coalesce(l.quantity, 1) AS DECIMAL(18, 6)) * l.unit_price AS DECIMAL(18, 4)) * o.rate
    AS DECIMAL(18, 4)) AS goods,
  CAST(l.shipping * o.rate AS DECIMAL(18, 4)) AS shipping,
  CAST(CAST(coalesce(l.quantity, 1) AS DECIMAL(18, 6)) * p.cost AS DECIMAL(18, 4)) AS cost
FROM order_lines AS l
JOIN (
  SELECT
    f.*,
    CASE WHEN f.currency = workspace_currency() THEN CAST(1 AS DECIMAL(20, 10)) ELSE x.rate END AS rate
  FROM order_facts AS f
  LEFT JOIN exchange_rates AS x ON x.currency = f.currency AND x.day = local_day(f.ordered_at)
) AS o ON o.order_id = l.order_id
LEFT JOIN products AS p ON p.product_id = l.product_id
