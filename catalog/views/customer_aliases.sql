-- One row per alias that is linked to a customer: the link in force now, or on the day asked for.
-- An alias without a link stands for itself, so join it LEFT and take
-- coalesce(customer_aliases.customer_id, customer_ref). Of several links in force the latest wins.
SELECT alias, customer_id
FROM (
  SELECT
    alias,
    customer_id,
    row_number() OVER (PARTITION BY alias ORDER BY since DESC NULLS LAST, customer_id) AS place
  FROM identities
  WHERE (since IS NULL OR since <= as_of()) AND (until IS NULL OR until > as_of())
) AS links
WHERE place = 1
