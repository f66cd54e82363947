SELECT to_char(answered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, sum(score) / count(*) AS value, count(*) AS n
FROM feedback
WHERE instrument = 'trust' AND answered_at IS NOT NULL AND score >= 1 AND score <= 5
  AND (scale_min IS NULL OR scale_min = 1) AND (scale_max IS NULL OR scale_max = 5)
GROUP BY 1
