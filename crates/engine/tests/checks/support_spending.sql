WITH {{spent}}
SELECT month AS label, CAST(sum(amount) AS DOUBLE) AS value, count(amount) AS n
FROM spent WHERE programme = 'support' GROUP BY month
