WITH {{orders}},
monthly AS (
  SELECT date_part('year', o.ordered_at AT TIME ZONE '{{zone}}') * 12 + date_part('month', o.ordered_at AT TIME ZONE '{{zone}}') AS number,
    s.month, CAST(sum(s.revenue) AS DOUBLE) AS revenue
  FROM sold AS s JOIN orders AS o ON o.order_id = s.order_id
  GROUP BY 1, s.month
)
SELECT a.month AS label, a.revenue / nullif(b.revenue, 0) - 1 AS value, CAST(NULL AS BIGINT) AS n
FROM monthly AS a JOIN monthly AS b ON b.number = a.number - 1
