WITH told AS (
  SELECT DISTINCT o.order_id FROM orders AS o JOIN tickets AS t ON t.order_id = o.order_id AND t.need = 'technical_problem'
  WHERE t.opened_at <= o.delivered_at + INTERVAL '720 hours'
)
SELECT to_char(o.delivered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(count(t.order_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM orders AS o LEFT JOIN told AS t ON t.order_id = o.order_id
WHERE o.delivered_at IS NOT NULL AND coalesce(o.status, 'placed') NOT IN ('cancelled', 'unavailable')
  AND EXISTS (SELECT 1 FROM tickets WHERE order_id IS NOT NULL)
GROUP BY 1
