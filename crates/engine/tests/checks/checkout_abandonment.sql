WITH {{sessions}}
SELECT month AS label, CAST(sum(1 - bought) AS DOUBLE) / count(*) AS value, count(*) AS n FROM visits WHERE checked_out = 1 GROUP BY month
