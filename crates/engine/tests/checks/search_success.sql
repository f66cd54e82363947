WITH {{sessions}}
SELECT month AS label, CAST(sum(viewed) AS DOUBLE) / count(*) AS value, count(*) AS n FROM visits WHERE searched = 1 GROUP BY month
