WITH {{firsts}}, {{spent}},
spending_of AS (SELECT month, CAST(sum(amount) AS DOUBLE) AS amount FROM spent WHERE programme = 'acquisition' GROUP BY month),
won AS (SELECT month, count(*) AS number FROM firsts GROUP BY month)
SELECT s.month AS label, s.amount / w.number AS value, CAST(NULL AS BIGINT) AS n
FROM spending_of AS s JOIN won AS w ON w.month = s.month
