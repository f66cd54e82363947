SELECT to_char(answered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN 2 * (score - coalesce(scale_min, 0)) >= coalesce(scale_max, 1) - coalesce(scale_min, 0) THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value,
  count(*) AS n
FROM feedback
WHERE instrument = 'brand' AND question = 'unaided' AND answered_at IS NOT NULL
  AND score >= coalesce(scale_min, 0) AND score <= coalesce(scale_max, 1)
GROUP BY 1
