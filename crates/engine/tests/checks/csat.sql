SELECT to_char(answered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN (score - coalesce(scale_min, 1)) / (coalesce(scale_max, 5) - coalesce(scale_min, 1)) >= 0.75 THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value,
  count(*) AS n
FROM feedback
WHERE instrument = 'csat' AND answered_at IS NOT NULL AND score >= coalesce(scale_min, 1) AND score <= coalesce(scale_max, 5)
GROUP BY 1
