WITH {{orders}},
last_orders AS (SELECT customer_id, month, max(ordered_at) AS at FROM sold GROUP BY customer_id, month),
programme AS (
  SELECT coalesce(al.customer_id, l.customer_ref) AS customer_id, l.at, l.kind,
    row_number() OVER (ORDER BY l.at, l.source_seq, l.event_id) AS n
  FROM loyalty_events AS l LEFT JOIN aliases AS al ON al.alias = l.customer_ref
),
latest AS (
  SELECT o.customer_id, o.month, max(p.n) AS n
  FROM last_orders AS o JOIN programme AS p ON p.customer_id = o.customer_id AND p.at <= o.at
  GROUP BY o.customer_id, o.month
)
SELECT o.month AS label, CAST(sum(CASE WHEN p.kind <> 'left' THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM last_orders AS o
LEFT JOIN latest AS l ON l.customer_id = o.customer_id AND l.month = o.month
LEFT JOIN programme AS p ON p.n = l.n
WHERE EXISTS (SELECT 1 FROM loyalty_events)
GROUP BY o.month
