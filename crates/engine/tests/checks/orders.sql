SELECT to_char(ordered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, count(*) AS value, count(*) AS n
FROM orders WHERE coalesce(status, 'placed') NOT IN ('cancelled', 'unavailable') GROUP BY 1
