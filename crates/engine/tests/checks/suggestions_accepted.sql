SELECT to_char(CASE WHEN finished_at IS NULL THEN at ELSE finished_at END AT TIME ZONE '{{zone}}', '%Y-%m') AS label, count(*) AS value, count(*) AS n
FROM staff_activity WHERE kind = 'suggestion' AND outcome = 'accepted' GROUP BY 1
