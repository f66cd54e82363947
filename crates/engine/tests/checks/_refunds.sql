{{orders}},
refund_days AS (
  SELECT p.payment_id, p.order_id, p.amount, coalesce(p.at, o.ordered_at) AS at, coalesce(p.currency, o.currency, '{{currency}}') AS currency
  FROM payments AS p JOIN orders AS o ON o.order_id = p.order_id
  WHERE p.kind = 'refund' AND (o.status IS NULL OR (o.status <> 'cancelled' AND o.status <> 'unavailable'))
),
refund_rate_days AS (
  SELECT d.payment_id, max(r.day) AS day
  FROM refund_days AS d JOIN rates AS r ON r.from_currency = d.currency
  WHERE r.to_currency = '{{currency}}' AND to_char(r.day, '%Y-%m-%d') <= to_char(d.at AT TIME ZONE '{{zone}}', '%Y-%m-%d')
  GROUP BY d.payment_id
),
refunded AS (
  SELECT d.payment_id, to_char(d.at AT TIME ZONE '{{zone}}', '%Y-%m') AS month,
    CASE WHEN d.currency = '{{currency}}' THEN d.amount
      ELSE CAST(d.amount * CAST(r.rate AS DECIMAL(20, 10)) AS DECIMAL(18, 4)) END AS amount
  FROM refund_days AS d
  LEFT JOIN refund_rate_days AS x ON x.payment_id = d.payment_id
  LEFT JOIN rates AS r ON r.from_currency = d.currency AND r.to_currency = '{{currency}}' AND r.day = x.day
)
