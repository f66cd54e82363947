WITH {{orders}}
SELECT month AS label, CAST(sum(revenue - cost) AS DOUBLE) AS value, count(revenue - cost) AS n FROM sold GROUP BY month
