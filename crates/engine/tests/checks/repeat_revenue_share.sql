WITH {{firsts}}
SELECT s.month AS label,
  CAST(sum(CASE WHEN f.order_id IS NULL THEN s.revenue ELSE CAST(0 AS DECIMAL(18, 4)) END) AS DOUBLE) / nullif(CAST(sum(s.revenue) AS DOUBLE), 0) AS value,
  sum(CASE WHEN s.revenue <> 0 THEN 1 ELSE 0 END) AS n
FROM sold AS s LEFT JOIN firsts AS f ON f.order_id = s.order_id
WHERE s.revenue IS NOT NULL GROUP BY s.month
