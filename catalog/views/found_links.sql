-- One row per link found in the data, which no source states. purchase (confidence 1): a name that is not known left
-- interactions in a session in which a customer ordered; since the order. login (0.9): the same with a login instead.
-- A name is known by a `customers` row that does not say otherwise, by an order, or, without a row, by a login of its
-- own. A session of several customers links nobody (identity_conflicts). Where a later session gives the name to another
-- customer, the link ends.
-- email (0.8): two `customers` rows with the same address (up to ten share it); the later belongs to the first.
WITH proofs AS (
  SELECT
    s.customer_ref AS alias,
    m.person AS customer_id,
    m.reason,
    m.at,
    row_number() OVER (PARTITION BY s.session_id, s.customer_ref ORDER BY m.at, m.reason DESC) AS place
  FROM session_names AS s
  JOIN session_names AS m ON m.session_id = s.session_id
  WHERE s.person IS NULL AND s.persons = 1 AND m.person IS NOT NULL AND m.reason IS NOT NULL
    AND s.customer_ref <> m.person
),
changes AS (
  SELECT
    alias,
    customer_id,
    reason,
    at,
    lag(customer_id) OVER (PARTITION BY alias ORDER BY at, reason DESC, customer_id) AS before
  FROM proofs
  WHERE place = 1
)
SELECT
  alias,
  customer_id,
  reason,
  CASE reason WHEN 'purchase' THEN 1.0 ELSE 0.9 END AS confidence,
  at AS since,
  lead(at) OVER (PARTITION BY alias ORDER BY at, reason DESC, customer_id) AS until
FROM changes
WHERE before IS DISTINCT FROM customer_id
UNION ALL
SELECT e.customer_ref, e.head, 'email', 0.8, e.since, NULL
FROM _shared_emails AS e
LEFT ANTI JOIN _stated_links AS l ON l.alias = e.head AND l.customer_id = e.customer_ref
WHERE e.customer_ref <> e.head AND e.sharers <= 10
