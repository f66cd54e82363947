WITH {{orders}}
SELECT month AS label, CAST(sum(revenue) AS DOUBLE) / count(DISTINCT customer_id) AS value, CAST(NULL AS BIGINT) AS n
FROM sold GROUP BY month
