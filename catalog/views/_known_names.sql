-- Names of which it is known whose they are, some several times: aliases that surely belong to a customer, and customers:
-- by a `customers` row that does not say otherwise, by an order, or, without a row, by a login.
SELECT alias AS customer_ref FROM _stated_links
WHERE (since IS NULL OR since <= as_of()) AND (until IS NULL OR until > as_of()) AND confidence >= 0.9
UNION ALL
SELECT customer_ref FROM customers WHERE known IS DISTINCT FROM false
UNION ALL
SELECT customer_ref FROM orders
UNION ALL
SELECT l.customer_ref FROM _logins AS l LEFT ANTI JOIN customers AS c ON c.customer_ref = l.customer_ref
