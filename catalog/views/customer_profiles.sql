-- One row per customer named in `customers` or in `orders`: what is known of the customer without looking at
-- the touchpoints. Of several `customers` rows of one customer each attribute comes from the earliest that has it.
-- referred: referred_by names a customer, or the acquisition channel is referral; empty where neither is told.
-- orders, first_order_at and last_order_at leave cancelled and unavailable orders out; first_placed_at does not.
WITH named AS (
  SELECT
    coalesce(a.customer_id, c.customer_ref) AS customer_id,
    c.customer_ref,
    c.known IS DISTINCT FROM false AS known,
    c.first_seen_at,
    c.region,
    c.segment,
    c.acquisition_channel,
    coalesce(r.customer_id, c.referred_by) AS referred_by,
    c.consent
  FROM customers AS c
  LEFT JOIN customer_aliases AS a ON a.alias = c.customer_ref
  LEFT JOIN customer_aliases AS r ON r.alias = c.referred_by
),
described AS (
  SELECT
    customer_id,
    bool_or(known) AS known,
    min(first_seen_at) AS first_seen_at,
    first_value(region ORDER BY first_seen_at NULLS LAST, customer_ref) FILTER (WHERE region IS NOT NULL) AS region,
    first_value(segment ORDER BY first_seen_at NULLS LAST, customer_ref) FILTER (WHERE segment IS NOT NULL) AS segment,
    first_value(acquisition_channel ORDER BY first_seen_at NULLS LAST, customer_ref)
      FILTER (WHERE acquisition_channel IS NOT NULL) AS acquisition_channel,
    first_value(referred_by ORDER BY first_seen_at NULLS LAST, customer_ref)
      FILTER (WHERE referred_by IS NOT NULL) AS referred_by,
    bool_and(consent) AS consent
  FROM named
  GROUP BY customer_id
),
buyers AS (
  SELECT
    coalesce(a.customer_id, o.customer_ref) AS customer_id,
    min(o.ordered_at) AS first_placed_at,
    min(o.ordered_at) FILTER (WHERE o.status IS NULL OR o.status NOT IN ('cancelled', 'unavailable'))
      AS first_order_at,
    max(o.ordered_at) FILTER (WHERE o.status IS NULL OR o.status NOT IN ('cancelled', 'unavailable'))
      AS last_order_at,
    count(*) FILTER (WHERE o.status IS NULL OR o.status NOT IN ('cancelled', 'unavailable')) AS orders
  FROM orders AS o
  LEFT JOIN customer_aliases AS a ON a.alias = o.customer_ref
  GROUP BY coalesce(a.customer_id, o.customer_ref)
)
SELECT
  coalesce(d.customer_id, b.customer_id) AS customer_id,
  b.customer_id IS NOT NULL OR d.known AS known,
  d.first_seen_at,
  b.first_placed_at,
  b.first_order_at,
  b.last_order_at,
  coalesce(b.orders, 0) AS orders,
  d.region,
  d.segment,
  d.acquisition_channel,
  d.referred_by,
  CASE WHEN d.referred_by IS NOT NULL THEN true ELSE d.acquisition_channel = 'referral' END AS referred,
  d.consent
FROM described AS d
FULL JOIN buyers AS b ON b.customer_id = d.customer_id
