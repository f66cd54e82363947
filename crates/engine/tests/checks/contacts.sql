SELECT to_char(opened_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, count(*) AS value, count(*) AS n FROM tickets GROUP BY 1
