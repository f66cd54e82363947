-- One row per currency and day: what one unit of the currency is worth in the workspace currency on that day.
-- A rate holds from its day until the next one given, the last one until today (or the day asked for).
-- A currency has no row before its first rate; the workspace currency has none at all and is worth 1.
WITH given AS (
  SELECT
    from_currency AS currency,
    day AS since,
    lead(day) OVER (PARTITION BY from_currency ORDER BY day) AS next_day,
    CAST(rate AS DECIMAL(20, 10)) AS rate
  FROM rates
  WHERE to_currency = workspace_currency() AND from_currency <> workspace_currency()
)
SELECT
  currency,
  unnest(range(since, coalesce(next_day, greatest(local_day(as_of()), since) + INTERVAL '1 day'), INTERVAL '1 day'))
    AS day,
  rate
FROM given
