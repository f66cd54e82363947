WITH {{orders}}
SELECT month AS label, CAST(sum(revenue) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM sold WHERE revenue IS NOT NULL GROUP BY month
