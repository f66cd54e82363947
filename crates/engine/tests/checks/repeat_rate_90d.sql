WITH {{firsts}},
again AS (
  SELECT DISTINCT f.customer_id FROM firsts AS f JOIN sold AS s ON s.customer_id = f.customer_id AND s.order_id <> f.order_id
  WHERE s.ordered_at <= f.ordered_at + INTERVAL '2160 hours'
)
SELECT f.month AS label, CAST(count(a.customer_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM firsts AS f LEFT JOIN again AS a ON a.customer_id = f.customer_id GROUP BY f.month
