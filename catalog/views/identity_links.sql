-- One row per link of an alias to a customer, stated by a source or a person (stated) or found in the data
-- (found_links), also those that are over. A link that was found ends where a source or a person says that it does.
SELECT alias, customer_id, reason, confidence, since, until, true AS stated, note, who, source, recorded_at
FROM _stated_links
UNION ALL
SELECT
  f.alias,
  f.customer_id,
  f.reason,
  f.confidence,
  f.since,
  least(f.until, CASE WHEN f.since IS NULL OR e.until >= f.since THEN e.until END) AS until,
  false AS stated,
  NULL AS note,
  NULL AS who,
  NULL AS source,
  NULL AS recorded_at
FROM found_links AS f
LEFT JOIN (
  SELECT alias, customer_id, max(until) AS until FROM identities WHERE until IS NOT NULL GROUP BY alias, customer_id
) AS e ON e.alias = f.alias AND e.customer_id = f.customer_id
