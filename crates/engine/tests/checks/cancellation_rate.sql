SELECT to_char(ordered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM orders WHERE status IS NOT NULL GROUP BY 1
