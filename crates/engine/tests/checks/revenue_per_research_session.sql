WITH {{sessions}}
SELECT month AS label, CAST(sum(revenue) AS DOUBLE) / nullif(count(revenue), 0) AS value, count(revenue) AS n
FROM visits WHERE viewed + researched > 0 GROUP BY month
