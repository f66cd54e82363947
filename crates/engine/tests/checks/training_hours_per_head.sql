WITH {{months}},
heads AS (
  SELECT m.label, sum(CASE WHEN coalesce(s."from", DATE '1900-01-01') <= m.first_day AND coalesce(s.until, DATE '2200-01-01') >= m.first_day THEN 1 ELSE 0 END) AS at_start,
    sum(CASE WHEN coalesce(s."from", DATE '1900-01-01') <= m.last_day AND coalesce(s.until, DATE '2200-01-01') >= m.last_day THEN 1 ELSE 0 END) AS at_end
  FROM months AS m CROSS JOIN staff AS s GROUP BY m.label
),
hours AS (
  SELECT to_char(a.at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, sum(CAST(a.hours AS DECIMAL(18, 4))) AS hours
  FROM staff_activity AS a
  JOIN staff AS s ON s.staff_id = a.staff_id
  JOIN months AS m ON m.label = to_char(a.at AT TIME ZONE '{{zone}}', '%Y-%m')
  WHERE a.kind = 'training' AND coalesce(s."from", DATE '1900-01-01') <= m.last_day AND coalesce(s.until, DATE '2200-01-01') >= m.first_day
  GROUP BY 1
)
SELECT h.label, coalesce(CAST(t.hours AS DOUBLE), 0) / nullif((h.at_start + h.at_end) / 2.0, 0) AS value, CAST(NULL AS BIGINT) AS n
FROM heads AS h LEFT JOIN hours AS t ON t.label = h.label
WHERE EXISTS (SELECT 1 FROM staff_activity WHERE kind = 'training')
