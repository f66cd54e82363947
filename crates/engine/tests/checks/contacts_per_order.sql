WITH contacts_of AS (SELECT to_char(opened_at AT TIME ZONE '{{zone}}', '%Y-%m') AS month, count(*) AS number FROM tickets GROUP BY 1),
orders_of AS (
  SELECT to_char(ordered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS month, count(*) AS number
  FROM orders WHERE coalesce(status, 'placed') NOT IN ('cancelled', 'unavailable') GROUP BY 1
)
SELECT c.month AS label, CAST(c.number AS DOUBLE) / o.number AS value, CAST(NULL AS BIGINT) AS n
FROM contacts_of AS c JOIN orders_of AS o ON o.month = c.month
