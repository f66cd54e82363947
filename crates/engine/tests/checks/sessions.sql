WITH {{sessions}}
SELECT month AS label, count(*) AS value, count(*) AS n FROM visits GROUP BY month
