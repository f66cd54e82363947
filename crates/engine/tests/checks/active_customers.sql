WITH {{aliases}}
SELECT to_char(o.ordered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  count(DISTINCT coalesce(al.customer_id, o.customer_ref)) AS value, count(*) AS n
FROM orders AS o LEFT JOIN aliases AS al ON al.alias = o.customer_ref
WHERE coalesce(o.status, 'placed') NOT IN ('cancelled', 'unavailable') GROUP BY 1
