WITH {{months}}
SELECT m.label,
  CAST(sum(CASE WHEN a.written_at + INTERVAL '4320 hours' >= m.until_at OR a.reviewed_at + INTERVAL '4320 hours' >= m.until_at THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value,
  count(*) AS n
FROM months AS m JOIN articles AS a ON a.written_at < m.until_at
WHERE a.reviewed_at IS NULL OR a.reviewed_at < m.until_at OR a.written_at + INTERVAL '4320 hours' >= m.until_at
GROUP BY m.label
