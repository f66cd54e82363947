WITH {{firsts}},
again AS (
  SELECT customer_id FROM sold GROUP BY customer_id HAVING count(*) > 1
)
SELECT f.month AS label, CAST(count(a.customer_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM firsts AS f LEFT JOIN again AS a ON a.customer_id = f.customer_id GROUP BY f.month
