WITH {{origins}}
SELECT s.month AS label,
  CAST(sum(o.referred * s.revenue) AS DOUBLE) / nullif(CAST(sum(s.revenue) AS DOUBLE), 0) AS value,
  sum(CASE WHEN s.revenue <> 0 THEN 1 ELSE 0 END) AS n
FROM sold AS s JOIN origins AS o ON o.customer_id = s.customer_id
WHERE s.revenue IS NOT NULL AND o.referred IS NOT NULL GROUP BY s.month
