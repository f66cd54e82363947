WITH {{tickets}},
sample AS (
  SELECT first_solved_month AS label, CAST(first_solved_at - opened_at AS BIGINT) / 1000000.0 AS x
  FROM cases WHERE first_solved_at IS NOT NULL
),
wanted AS (SELECT 0.5 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
