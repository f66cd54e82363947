WITH sample AS (
  SELECT to_char(shipped_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(shipped_at - ordered_at AS BIGINT) / 1000000.0 AS x
  FROM orders WHERE shipped_at >= ordered_at AND coalesce(status, 'placed') NOT IN ('cancelled', 'unavailable')
),
wanted AS (SELECT 0.5 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
