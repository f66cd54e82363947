-- One row per entry of `spending`: at is the start of its local day, amount is in the workspace currency at
-- the rate of that day (empty without a rate).
SELECT
  s.spending_id,
  s.day,
  day_start(s.day) AS at,
  s.programme,
  s.channel,
  s.campaign,
  coalesce(s.currency, workspace_currency()) AS currency,
  coalesce(s.currency, workspace_currency()) <> workspace_currency() AND x.rate IS NULL AS no_rate,
  CAST(s.amount * CASE WHEN coalesce(s.currency, workspace_currency()) = workspace_currency()
    THEN CAST(1 AS DECIMAL(20, 10)) ELSE x.rate END AS DECIMAL(18, 4)) AS amount
FROM spending AS s
LEFT JOIN exchange_rates AS x ON x.currency = s.currency AND x.day = s.day
