-- One row per session and name that left interactions in it and is nobody's as far as is known, where another name
-- ordered or logged in in that session. Only these sessions can tell that a name is a customer's.
SELECT DISTINCT i.session_id, i.customer_ref
FROM interactions AS i
JOIN (
  SELECT session_id, customer_ref FROM orders WHERE session_id IS NOT NULL
  UNION ALL
  SELECT session_id, customer_ref FROM _logins
) AS m ON m.session_id = i.session_id
LEFT ANTI JOIN _known_names AS k ON k.customer_ref = i.customer_ref
WHERE i.customer_ref <> m.customer_ref
