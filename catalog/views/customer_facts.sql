-- One row per customer with any trace: visitors who were never linked are customers with known = false.
-- known: a `customers` row that does not say otherwise, or an order. first_seen_at: the earliest trace of all.
-- orders, first_order_at and last_order_at leave cancelled and unavailable orders out.
WITH traces AS (
  SELECT customer_ref, min(occurred_at) AS first_at FROM interactions GROUP BY customer_ref
  UNION ALL
  SELECT customer_ref, min(opened_at) AS first_at FROM tickets GROUP BY customer_ref
  UNION ALL
  SELECT customer_ref, min(answered_at) AS first_at FROM feedback WHERE answered_at IS NOT NULL GROUP BY customer_ref
  UNION ALL
  SELECT customer_ref, min(at) AS first_at FROM loyalty_events GROUP BY customer_ref
),
seen AS (
  SELECT coalesce(a.customer_id, t.customer_ref) AS customer_id, min(t.first_at) AS first_at
  FROM traces AS t
  LEFT JOIN customer_aliases AS a ON a.alias = t.customer_ref
  WHERE t.customer_ref IS NOT NULL
  GROUP BY coalesce(a.customer_id, t.customer_ref)
)
SELECT
  coalesce(p.customer_id, s.customer_id) AS customer_id,
  coalesce(p.known, false) AS known,
  least(p.first_seen_at, p.first_placed_at, s.first_at) AS first_seen_at,
  p.first_placed_at,
  p.first_order_at,
  p.last_order_at,
  coalesce(p.orders, 0) AS orders,
  p.region,
  p.segment,
  p.acquisition_channel,
  p.referred_by,
  p.referred,
  p.consent
FROM customer_profiles AS p
FULL JOIN seen AS s ON s.customer_id = p.customer_id
