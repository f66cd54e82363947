WITH {{tickets}}
SELECT opened_month AS label,
  CAST(sum(CASE WHEN first_solved_at <= opened_at + INTERVAL '168 hours' THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM cases WHERE ends = 1 GROUP BY opened_month
