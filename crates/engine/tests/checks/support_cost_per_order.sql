WITH {{spent}},
spending_of AS (SELECT month, CAST(sum(amount) AS DOUBLE) AS amount FROM spent WHERE programme = 'support' GROUP BY month),
orders_of AS (
  SELECT to_char(ordered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS month, count(*) AS number
  FROM orders WHERE coalesce(status, 'placed') NOT IN ('cancelled', 'unavailable') GROUP BY 1
)
SELECT s.month AS label, s.amount / o.number AS value, CAST(NULL AS BIGINT) AS n
FROM spending_of AS s JOIN orders_of AS o ON o.month = s.month
