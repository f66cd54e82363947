SELECT to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(count(score) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM staff_activity
WHERE kind = 'engagement_survey'
  AND coalesce(source, '') IN (SELECT coalesce(source, '') FROM staff_activity WHERE kind = 'engagement_survey' AND score IS NULL)
GROUP BY 1
