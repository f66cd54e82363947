SELECT to_char(answered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(100 * sum(CASE WHEN score > 8 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM feedback
WHERE instrument = 'nps' AND answered_at IS NOT NULL AND score >= 0 AND score <= 10
  AND (scale_min IS NULL OR scale_min = 0) AND (scale_max IS NULL OR scale_max = 10)
GROUP BY 1
