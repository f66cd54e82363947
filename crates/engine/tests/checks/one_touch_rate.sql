WITH {{tickets}}
SELECT solved_month AS label, CAST(sum(CASE WHEN answers = 1 THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM cases WHERE solved_at IS NOT NULL AND tells_answers = 1 GROUP BY solved_month
