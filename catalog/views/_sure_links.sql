-- One row per alias of which a source or a person is sure (a confidence of 0.9 or more) whose it is now, or was on the day
-- asked for.
SELECT alias, first_value(customer_id ORDER BY since DESC NULLS LAST, customer_id) AS customer_id
FROM _stated_links
WHERE (since IS NULL OR since <= as_of()) AND (until IS NULL OR until > as_of()) AND confidence >= 0.9
GROUP BY alias
