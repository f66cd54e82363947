-- One row per alias that is linked: the one link that counts now, or on the day asked for. Of several in force, what is
-- stated goes before what was found, then the latest wins. Under strict linking only links with a confidence of 0.9 or
-- more count; under loose linking all.
SELECT alias, customer_id, reason, confidence, since, stated
FROM (
  SELECT
    *,
    row_number() OVER (PARTITION BY alias ORDER BY stated DESC, since DESC NULLS LAST, customer_id, reason) AS place
  FROM identity_links
  WHERE (since IS NULL OR since <= as_of())
    AND (until IS NULL OR until > as_of())
    AND confidence >= least_confidence()
) AS links
WHERE place = 1
