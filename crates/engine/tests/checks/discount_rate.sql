WITH {{orders}}
SELECT month AS label, CAST(sum(discount) AS DOUBLE) / nullif(CAST(sum(goods) AS DOUBLE), 0) AS value,
  sum(CASE WHEN goods <> 0 THEN 1 ELSE 0 END) AS n
FROM sold WHERE goods IS NOT NULL AND discount IS NOT NULL GROUP BY month
