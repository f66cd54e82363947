SELECT to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS label,
  CAST(sum(CASE WHEN delivered THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM exposures WHERE arm <> 'holdout' AND delivered IS NOT NULL GROUP BY 1
