WITH {{orders}}
SELECT month AS label, CAST(sum(revenue) AS DOUBLE) AS value, count(revenue) AS n FROM sold GROUP BY month
