WITH {{sessions}}
SELECT month AS label, CAST(sum(researched) AS DOUBLE) / count(*) AS value, count(*) AS n FROM visits GROUP BY month
