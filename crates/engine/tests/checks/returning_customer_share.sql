WITH {{firsts}}
SELECT s.month AS label, CAST(count(*) - count(f.order_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM sold AS s LEFT JOIN firsts AS f ON f.order_id = s.order_id GROUP BY s.month
