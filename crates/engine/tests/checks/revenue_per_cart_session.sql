WITH {{sessions}}
SELECT month AS label, CAST(sum(revenue) AS DOUBLE) / nullif(count(revenue), 0) AS value, count(revenue) AS n
FROM visits WHERE carted = 1 GROUP BY month
