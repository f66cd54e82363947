SELECT to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, count(*) AS value, count(*) AS n
FROM staff_activity WHERE kind = 'experiment' GROUP BY 1
