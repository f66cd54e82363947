SELECT to_char(delivered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN promised_at IS NOT NULL AND delivered_at > promised_at THEN 0
    WHEN promised_at IS NULL AND to_char(delivered_at AT TIME ZONE '{{zone}}', '%Y-%m-%d') > to_char(promised_on, '%Y-%m-%d') THEN 0
    ELSE 1 END) AS DOUBLE) / count(*) AS value,
  count(*) AS n
FROM orders
WHERE delivered_at IS NOT NULL AND (promised_at IS NOT NULL OR promised_on IS NOT NULL)
  AND coalesce(status, 'placed') NOT IN ('cancelled', 'unavailable')
GROUP BY 1
