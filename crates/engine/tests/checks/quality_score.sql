WITH parts AS (
  SELECT review_id, at, critical, CAST(CASE WHEN weight IS NULL THEN 1 ELSE weight END AS DECIMAL(12, 4)) AS weight,
    CAST((chosen - min) / nullif(max - min, 0) AS DECIMAL(16, 12)) AS share
  FROM quality_reviews WHERE max > min
),
reviews AS (
  SELECT p.review_id, to_char(min(p.at) AT TIME ZONE '{{zone}}', '%Y-%m') AS month,
    CAST(CASE WHEN max(CASE WHEN f.review_id IS NOT NULL THEN 1 ELSE 0 END) = 1 THEN 0
      ELSE CAST(sum(p.share * p.weight) AS DOUBLE) / nullif(CAST(sum(p.weight) AS DOUBLE), 0) END AS DECIMAL(18, 12)) AS score
  FROM parts AS p LEFT JOIN (SELECT DISTINCT review_id FROM parts WHERE critical AND share < 0.5) AS f ON f.review_id = p.review_id
  WHERE p.share IS NOT NULL GROUP BY p.review_id
)
SELECT month AS label, CAST(sum(score) AS DOUBLE) / nullif(count(score), 0) AS value, count(score) AS n FROM reviews GROUP BY month
