WITH {{firsts}},
marks AS (
  SELECT customer_ref, first_seen_at AS at FROM customers
  UNION ALL SELECT customer_ref, occurred_at FROM interactions
  UNION ALL SELECT customer_ref, ordered_at FROM orders
  UNION ALL SELECT customer_ref, opened_at FROM tickets
  UNION ALL SELECT customer_ref, answered_at FROM feedback
  UNION ALL SELECT customer_ref, at FROM loyalty_events
),
earliest AS (
  SELECT coalesce(al.customer_id, m.customer_ref) AS customer_id, min(m.at) AS at
  FROM marks AS m LEFT JOIN aliases AS al ON al.alias = m.customer_ref GROUP BY 1
),
sample AS (
  SELECT f.month AS label, CAST(f.ordered_at - e.at AS BIGINT) / 1000000.0 AS x
  FROM firsts AS f JOIN earliest AS e ON e.customer_id = f.customer_id
),
wanted AS (SELECT 0.5 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
