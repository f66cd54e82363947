WITH {{tickets}},
begun AS (
  SELECT coalesce(al.customer_id, o.customer_ref) AS customer_id, min(o.ordered_at) AS at
  FROM orders AS o LEFT JOIN aliases AS al ON al.alias = o.customer_ref GROUP BY 1
),
sample AS (
  SELECT c.opened_month AS label, CAST(c.answered_at - c.opened_at AS BIGINT) / 1000000.0 AS x
  FROM cases AS c LEFT JOIN begun AS b ON b.customer_id = c.customer_id
  WHERE c.customer_id IS NOT NULL AND (b.at IS NULL OR b.at > c.opened_at)
),
wanted AS (SELECT 0.5 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
