WITH sample AS (
  SELECT to_char(finished_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(finished_at - at AS BIGINT) / 1000000.0 AS x
  FROM staff_activity
  WHERE finished_at >= at AND topic IS NOT NULL AND (kind || ' ' || outcome = 'suggestion accepted' OR kind || ' ' || outcome = 'experiment finished')
),
wanted AS (SELECT 0.5 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
