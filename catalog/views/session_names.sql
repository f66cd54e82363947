-- One row per name in each session of session_strangers. person: the customer that a sure link gives the name, else the
-- name itself where it is known; empty for a stranger. reason, at: the name's first order (purchase) or login in the
-- session, where it has one. persons: how many the session holds.
WITH sessions AS (
  SELECT DISTINCT session_id FROM session_strangers
),
marks AS (
  SELECT o.session_id, o.customer_ref, 'purchase' AS reason, o.ordered_at AS at
  FROM orders AS o
  LEFT SEMI JOIN sessions AS s ON s.session_id = o.session_id
  UNION ALL
  SELECT l.session_id, l.customer_ref, 'login' AS reason, l.at
  FROM _logins AS l
  LEFT SEMI JOIN sessions AS s ON s.session_id = l.session_id
),
names AS (
  SELECT i.session_id, i.customer_ref
  FROM interactions AS i
  LEFT SEMI JOIN sessions AS s ON s.session_id = i.session_id
  UNION
  SELECT session_id, customer_ref FROM marks
),
distinct_names AS (
  SELECT DISTINCT customer_ref FROM names
),
known AS (
  SELECT DISTINCT k.customer_ref
  FROM _known_names AS k
  LEFT SEMI JOIN distinct_names AS n ON n.customer_ref = k.customer_ref
),
persons AS (
  SELECT n.customer_ref, coalesce(l.customer_id, k.customer_ref) AS person
  FROM distinct_names AS n
  LEFT JOIN _sure_links AS l ON l.alias = n.customer_ref
  LEFT JOIN known AS k ON k.customer_ref = n.customer_ref
),
firsts AS (
  SELECT session_id, customer_ref, first_value(reason ORDER BY at, reason DESC) AS reason, min(at) AS at
  FROM marks
  GROUP BY session_id, customer_ref
),
counted AS (
  SELECT session_id, count(*) AS persons
  FROM (
    SELECT DISTINCT n.session_id, p.person
    FROM names AS n
    JOIN persons AS p ON p.customer_ref = n.customer_ref
    WHERE p.person IS NOT NULL
  ) AS present
  GROUP BY session_id
)
SELECT n.session_id, n.customer_ref, p.person, f.reason, f.at, coalesce(k.persons, 0) AS persons
FROM names AS n
JOIN persons AS p ON p.customer_ref = n.customer_ref
LEFT JOIN counted AS k ON k.session_id = n.session_id
LEFT JOIN firsts AS f ON f.session_id = n.session_id AND f.customer_ref = n.customer_ref
