WITH {{sessions}}
SELECT month AS label, CAST(sum(carted) AS DOUBLE) / count(*) AS value, count(*) AS n FROM visits WHERE viewed = 1 GROUP BY month
