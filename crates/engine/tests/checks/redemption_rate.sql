SELECT to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN kind = 'redeemed' THEN CAST(points AS DECIMAL(18, 4)) ELSE 0 END) AS DOUBLE)
    / nullif(CAST(sum(CASE WHEN kind = 'earned' THEN CAST(points AS DECIMAL(18, 4)) ELSE 0 END) AS DOUBLE), 0) AS value,
  sum(CASE WHEN kind = 'earned' AND CAST(points AS DECIMAL(18, 4)) <> 0 THEN 1 ELSE 0 END) AS n
FROM loyalty_events WHERE kind IN ('earned', 'redeemed') AND points IS NOT NULL GROUP BY 1
