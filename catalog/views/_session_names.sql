-- One row per name in each session of session_meetings. person: the customer a sure link (confidence of 0.9 or more)
-- that is stated gives the name, else the name itself where it is known; empty for a stranger. Known: a `customers`
-- row that does not say otherwise, or an order; a name without a `customers` row also by a login of its own.
-- reason, at: the name's first order (purchase) or login in the session, where it has one. persons: how many the
-- session holds.
WITH marks AS (
  SELECT o.session_id, o.customer_ref, 'purchase' AS reason, o.ordered_at AS at
  FROM orders AS o
  LEFT SEMI JOIN session_meetings AS m ON m.session_id = o.session_id
  UNION ALL
  SELECT l.session_id, l.customer_ref, 'login' AS reason, l.at
  FROM _logins AS l
  LEFT SEMI JOIN session_meetings AS m ON m.session_id = l.session_id
),
names AS (
  SELECT session_id, customer_ref FROM session_meetings
  UNION
  SELECT session_id, customer_ref FROM marks
),
distinct_names AS (
  SELECT DISTINCT customer_ref FROM names
),
held AS (
  SELECT alias, first_value(customer_id ORDER BY since DESC NULLS LAST, customer_id) AS customer_id
  FROM _stated_links
  WHERE (since IS NULL OR since <= as_of()) AND (until IS NULL OR until > as_of()) AND confidence >= 0.9
  GROUP BY alias
),
described AS (
  SELECT n.customer_ref, c.known IS DISTINCT FROM false AS known
  FROM customers AS c
  JOIN distinct_names AS n ON n.customer_ref = c.customer_ref
),
buyers AS (
  SELECT DISTINCT n.customer_ref FROM orders AS o JOIN distinct_names AS n ON n.customer_ref = o.customer_ref
),
accounts AS (
  SELECT DISTINCT n.customer_ref FROM _logins AS l JOIN distinct_names AS n ON n.customer_ref = l.customer_ref
),
persons AS (
  SELECT
    n.customer_ref,
    CASE
      WHEN h.customer_id IS NOT NULL THEN h.customer_id
      WHEN d.known OR b.customer_ref IS NOT NULL THEN n.customer_ref
      WHEN d.customer_ref IS NULL AND a.customer_ref IS NOT NULL THEN n.customer_ref
    END AS person
  FROM distinct_names AS n
  LEFT JOIN held AS h ON h.alias = n.customer_ref
  LEFT JOIN described AS d ON d.customer_ref = n.customer_ref
  LEFT JOIN buyers AS b ON b.customer_ref = n.customer_ref
  LEFT JOIN accounts AS a ON a.customer_ref = n.customer_ref
),
firsts AS (
  SELECT
    session_id,
    customer_ref,
    first_value(reason ORDER BY at, reason DESC) AS reason,
    min(at) AS at
  FROM marks
  GROUP BY session_id, customer_ref
),
counted AS (
  SELECT n.session_id, count(DISTINCT p.person) AS persons
  FROM names AS n
  JOIN persons AS p ON p.customer_ref = n.customer_ref
  GROUP BY n.session_id
)
SELECT n.session_id, n.customer_ref, p.person, f.reason, f.at, k.persons
FROM names AS n
JOIN persons AS p ON p.customer_ref = n.customer_ref
JOIN counted AS k ON k.session_id = n.session_id
LEFT JOIN firsts AS f ON f.session_id = n.session_id AND f.customer_ref = n.customer_ref
