WITH {{refunds}},
moves AS (
  SELECT month, revenue AS amount FROM sold UNION ALL SELECT month, 0 - amount FROM refunded
)
SELECT month AS label, CAST(sum(amount) AS DOUBLE) AS value, count(amount) AS n FROM moves GROUP BY month
