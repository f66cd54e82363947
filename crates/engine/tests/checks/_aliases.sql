aliases AS (
  SELECT i.alias, min(i.customer_id) AS customer_id
  FROM identities AS i
  JOIN (
    SELECT alias, max(coalesce(since, TIMESTAMP '1900-01-01T00:00:00Z')) AS since
    FROM identities
    WHERE coalesce(since, TIMESTAMP '1900-01-01T00:00:00Z') <= TIMESTAMP '{{as_of}}'
      AND NOT coalesce(until <= TIMESTAMP '{{as_of}}', false)
    GROUP BY alias
  ) AS latest ON latest.alias = i.alias AND latest.since = coalesce(i.since, TIMESTAMP '1900-01-01T00:00:00Z')
  WHERE NOT coalesce(i.until <= TIMESTAMP '{{as_of}}', false)
  GROUP BY i.alias
)
