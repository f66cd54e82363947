-- One row per `customers` row that shares its e-mail address (trimmed, in lower case) with others. head: the first
-- of them: known before unknown, then by first_seen_at, then by name. sharers: how many share it. The address itself
-- does not stand here.
WITH addressed AS (
  SELECT
    customer_ref,
    lower(trim(email)) AS address,
    known IS DISTINCT FROM false AS known,
    first_seen_at
  FROM customers
  WHERE email LIKE '%_@_%'
),
shared AS (
  SELECT
    address,
    count(*) AS sharers,
    first_value(customer_ref ORDER BY known DESC, first_seen_at NULLS LAST, customer_ref) AS head,
    first_value(first_seen_at ORDER BY known DESC, first_seen_at NULLS LAST, customer_ref) AS head_seen_at
  FROM addressed
  GROUP BY address
  HAVING count(*) > 1
)
SELECT a.customer_ref, s.head, greatest(a.first_seen_at, s.head_seen_at) AS since, s.sharers
FROM addressed AS a
JOIN shared AS s ON s.address = a.address
