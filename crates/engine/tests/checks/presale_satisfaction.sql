WITH {{aliases}},
begun AS (
  SELECT coalesce(al.customer_id, o.customer_ref) AS customer_id, min(o.ordered_at) AS at
  FROM orders AS o LEFT JOIN aliases AS al ON al.alias = o.customer_ref GROUP BY 1
)
SELECT to_char(f.answered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN (f.score - coalesce(f.scale_min, 1)) / (coalesce(f.scale_max, 5) - coalesce(f.scale_min, 1)) >= 0.75 THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value,
  count(*) AS n
FROM feedback AS f
LEFT JOIN aliases AS al ON al.alias = f.customer_ref
LEFT JOIN begun AS b ON b.customer_id = coalesce(al.customer_id, f.customer_ref)
WHERE f.instrument = 'csat' AND f.customer_ref IS NOT NULL AND (b.at IS NULL OR b.at > f.answered_at)
  AND f.score >= coalesce(f.scale_min, 1) AND f.score <= coalesce(f.scale_max, 5)
GROUP BY 1
