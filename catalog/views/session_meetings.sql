-- One row per session and name that left interactions in it, where another name ordered or logged in in that session.
-- These are the only sessions that can tell that two names are one customer, or that customers share a device.
SELECT DISTINCT i.session_id, i.customer_ref
FROM interactions AS i
JOIN (
  SELECT session_id, customer_ref FROM orders WHERE session_id IS NOT NULL
  UNION ALL
  SELECT session_id, customer_ref FROM _logins
) AS m ON m.session_id = i.session_id
WHERE i.customer_ref <> m.customer_ref
