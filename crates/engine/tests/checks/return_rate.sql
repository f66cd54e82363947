WITH asked AS (SELECT order_id, min(opened_at) AS at FROM tickets WHERE need = 'return' AND order_id IS NOT NULL GROUP BY order_id),
refunded AS (SELECT order_id, min(at) AS at FROM payments WHERE kind = 'refund' GROUP BY order_id),
judged AS (
  SELECT o.order_id, o.delivered_at, o.status,
    CASE WHEN a.order_id IS NULL AND coalesce(o.status, '') <> 'returned' THEN 0
      WHEN a.at IS NOT NULL THEN CASE WHEN a.at <= o.delivered_at + INTERVAL '720 hours' THEN 1 ELSE 0 END
      WHEN r.at IS NOT NULL THEN CASE WHEN r.at <= o.delivered_at + INTERVAL '720 hours' THEN 1 ELSE 0 END
      ELSE 1 END AS returned,
    CASE WHEN a.order_id IS NOT NULL OR o.status = 'returned' THEN 1 ELSE 0 END AS ever
  FROM orders AS o LEFT JOIN asked AS a ON a.order_id = o.order_id LEFT JOIN refunded AS r ON r.order_id = o.order_id
)
SELECT to_char(delivered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(sum(returned) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM judged
WHERE delivered_at IS NOT NULL AND coalesce(status, 'placed') NOT IN ('cancelled', 'unavailable')
  AND (SELECT sum(ever) FROM judged) > 0
GROUP BY 1
