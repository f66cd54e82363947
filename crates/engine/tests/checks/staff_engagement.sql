SELECT to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, sum(score) / count(*) AS value, count(*) AS n
FROM staff_activity WHERE kind = 'engagement_survey' AND score IS NOT NULL GROUP BY 1
