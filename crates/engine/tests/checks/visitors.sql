WITH {{sessions}}
SELECT month AS label, count(DISTINCT customer_id) AS value, count(*) AS n FROM visits GROUP BY month
