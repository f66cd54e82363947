WITH {{orders}},
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
naming AS (
  SELECT coalesce(al.customer_id, c.customer_ref) AS customer_id, c.customer_ref, c.first_seen_at, coalesce(r.customer_id, c.referred_by) AS referrer
  FROM customers AS c LEFT JOIN aliases AS al ON al.alias = c.customer_ref LEFT JOIN aliases AS r ON r.alias = c.referred_by
  WHERE c.referred_by IS NOT NULL
),
brought AS (
  SELECT n.customer_id, n.referrer
  FROM naming AS n LEFT JOIN naming AS e ON e.customer_id = n.customer_id AND e.customer_ref <> n.customer_ref
    AND (e.first_seen_at < n.first_seen_at OR (e.first_seen_at IS NOT NULL AND n.first_seen_at IS NULL)
      OR ((e.first_seen_at IS NOT DISTINCT FROM n.first_seen_at) AND e.customer_ref < n.customer_ref))
  WHERE e.customer_id IS NULL
),
referrals AS (
  SELECT coalesce(al.customer_id, i.customer_ref) AS customer_id, to_char(i.occurred_at AT TIME ZONE '{{zone}}', '%Y-%m') AS month
  FROM interactions AS i LEFT JOIN aliases AS al ON al.alias = i.customer_ref WHERE i.kind IN ('referral', 'referral_made', 'refer')
  UNION
  SELECT b.referrer, to_char(e.at AT TIME ZONE '{{zone}}', '%Y-%m')
  FROM brought AS b JOIN earliest AS e ON e.customer_id = b.customer_id
),
active AS (
  SELECT customer_id, month FROM sold UNION SELECT customer_id, month FROM referrals
)
SELECT a.month AS label, CAST(count(r.customer_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM active AS a LEFT JOIN referrals AS r ON r.customer_id = a.customer_id AND r.month = a.month
WHERE EXISTS (SELECT 1 FROM referrals)
GROUP BY a.month
