SELECT to_char(asked_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN answered_at <= asked_at + INTERVAL '720 hours' THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value,
  count(*) AS n
FROM feedback
WHERE instrument = 'nps' AND asked_at IS NOT NULL
  AND coalesce(source, '') IN (SELECT coalesce(source, '') FROM feedback WHERE instrument = 'nps' AND answered_at IS NULL)
GROUP BY 1
