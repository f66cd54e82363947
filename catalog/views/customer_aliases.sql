-- One row per alias that is linked to a customer: by the link in force now, or on the day asked for (links_in_force),
-- and on through aliases of aliases to the customer at the end. Where links run in a circle, the weakest of them (least
-- confidence, then the oldest) does not count (identity_conflicts).
-- An alias without a link stands for itself, so join it LEFT and take
-- coalesce(customer_aliases.customer_id, customer_ref).
SELECT l.alias, coalesce(c.customer_id, l.customer_id) AS customer_id
FROM links_in_force AS l
LEFT JOIN _link_chains AS c ON c.alias = l.alias
WHERE c.circle IS NULL
