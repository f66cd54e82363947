WITH {{tickets}},
sample AS (
  SELECT solved_month AS label, CAST(solved_at - opened_at AS BIGINT) / 1000000.0 AS x
  FROM cases WHERE solved_at IS NOT NULL
),
wanted AS (SELECT 0.9 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
