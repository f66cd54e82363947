WITH {{aliases}},
begun AS (
  SELECT coalesce(al.customer_id, o.customer_ref) AS customer_id, min(o.ordered_at) AS at
  FROM orders AS o LEFT JOIN aliases AS al ON al.alias = o.customer_ref
  WHERE coalesce(o.status, 'placed') NOT IN ('cancelled', 'unavailable') GROUP BY 1
)
SELECT to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, count(*) AS value, count(*) AS n FROM begun GROUP BY 1
