WITH {{spent}},
spending_of AS (SELECT month, CAST(sum(amount) AS DOUBLE) AS amount FROM spent WHERE programme = 'support' GROUP BY month),
contacts_of AS (SELECT to_char(opened_at AT TIME ZONE '{{zone}}', '%Y-%m') AS month, count(*) AS number FROM tickets GROUP BY 1)
SELECT s.month AS label, s.amount / c.number AS value, CAST(NULL AS BIGINT) AS n
FROM spending_of AS s JOIN contacts_of AS c ON c.month = s.month
