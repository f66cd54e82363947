WITH {{sessions}}, {{spent}},
spending_of AS (SELECT month, CAST(sum(amount) AS DOUBLE) AS amount FROM spent WHERE programme = 'acquisition' GROUP BY month),
traffic AS (SELECT month, count(*) AS number FROM visits GROUP BY month)
SELECT s.month AS label, s.amount / t.number AS value, CAST(NULL AS BIGINT) AS n
FROM spending_of AS s JOIN traffic AS t ON t.month = s.month
