{{firsts}},
told AS (
  SELECT coalesce(al.customer_id, c.customer_ref) AS customer_id, c.first_seen_at, c.customer_ref, c.acquisition_channel, c.referred_by
  FROM customers AS c LEFT JOIN aliases AS al ON al.alias = c.customer_ref
),
channels AS (
  SELECT DISTINCT t.customer_id, t.acquisition_channel
  FROM told AS t
  LEFT JOIN told AS e ON e.customer_id = t.customer_id AND e.acquisition_channel IS NOT NULL AND e.customer_ref <> t.customer_ref
    AND (e.first_seen_at < t.first_seen_at OR (e.first_seen_at IS NOT NULL AND t.first_seen_at IS NULL)
      OR ((e.first_seen_at IS NOT DISTINCT FROM t.first_seen_at) AND e.customer_ref < t.customer_ref))
  WHERE t.acquisition_channel IS NOT NULL AND e.customer_id IS NULL
),
origins AS (
  SELECT c.customer_id, CASE WHEN r.customer_id IS NOT NULL THEN 1 WHEN ch.acquisition_channel = 'referral' THEN 1
    WHEN ch.acquisition_channel IS NOT NULL THEN 0 END AS referred
  FROM (SELECT DISTINCT customer_id FROM told) AS c
  LEFT JOIN (SELECT DISTINCT customer_id FROM told WHERE referred_by IS NOT NULL) AS r ON r.customer_id = c.customer_id
  LEFT JOIN channels AS ch ON ch.customer_id = c.customer_id
)
