WITH {{aliases}}, {{months}},
buying AS (
  SELECT DISTINCT coalesce(al.customer_id, o.customer_ref) AS customer_id, to_char(o.ordered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS month
  FROM orders AS o LEFT JOIN aliases AS al ON al.alias = o.customer_ref
  WHERE coalesce(o.status, 'placed') NOT IN ('cancelled', 'unavailable')
)
SELECT m.label, CAST(count(again.customer_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM buying AS b
JOIN months AS m ON to_char(CAST(m.first_day - INTERVAL '1 month' AS DATE), '%Y-%m') = b.month
LEFT JOIN buying AS again ON again.customer_id = b.customer_id AND again.month = m.label
GROUP BY m.label
