-- One row per link that a source or a person states in `identities`, with the end that an undoing gives it. Without a
-- confidence a statement counts as sure (1).
WITH undoings AS (
  SELECT alias, customer_id, since AS at FROM identities WHERE until <= since
),
links AS (
  SELECT * FROM identities WHERE since IS NULL OR until IS NULL OR until > since
),
ends AS (
  SELECT l.alias, l.customer_id, coalesce(l.since, TIMESTAMP '1970-01-01T00:00:00Z') AS since, min(u.at) AS at
  FROM links AS l
  JOIN undoings AS u ON u.alias = l.alias AND u.customer_id = l.customer_id
  WHERE l.since IS NULL OR u.at >= l.since
  GROUP BY l.alias, l.customer_id, coalesce(l.since, TIMESTAMP '1970-01-01T00:00:00Z')
)
SELECT
  l.alias,
  l.customer_id,
  l.reason,
  coalesce(l.confidence, 1.0) AS confidence,
  l.since,
  least(l.until, e.at) AS until,
  l.note,
  l.who,
  l.source,
  l.recorded_at
FROM links AS l
LEFT JOIN ends AS e
  ON e.alias = l.alias
  AND e.customer_id = l.customer_id
  AND e.since = coalesce(l.since, TIMESTAMP '1970-01-01T00:00:00Z')
