WITH {{months}}
SELECT m.label,
  sum(CASE WHEN s.until >= m.first_day AND s.until <= m.last_day AND coalesce(s."from", DATE '1900-01-01') <= m.last_day THEN 1 ELSE 0 END)
  / nullif((sum(CASE WHEN coalesce(s."from", DATE '1900-01-01') <= m.first_day AND coalesce(s.until, DATE '2200-01-01') >= m.first_day THEN 1 ELSE 0 END)
    + sum(CASE WHEN coalesce(s."from", DATE '1900-01-01') <= m.last_day AND coalesce(s.until, DATE '2200-01-01') >= m.last_day THEN 1 ELSE 0 END)) / 2.0, 0) AS value,
  CAST(NULL AS BIGINT) AS n
FROM months AS m CROSS JOIN staff AS s
GROUP BY m.label
