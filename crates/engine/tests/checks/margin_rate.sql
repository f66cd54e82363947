WITH {{orders}}
SELECT month AS label, CAST(sum(revenue - cost) AS DOUBLE) / nullif(CAST(sum(revenue) AS DOUBLE), 0) AS value,
  sum(CASE WHEN revenue <> 0 THEN 1 ELSE 0 END) AS n
FROM sold WHERE revenue IS NOT NULL AND cost IS NOT NULL GROUP BY month
