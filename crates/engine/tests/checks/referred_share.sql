WITH {{origins}}
SELECT f.month AS label, CAST(sum(o.referred) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM firsts AS f JOIN origins AS o ON o.customer_id = f.customer_id WHERE o.referred IS NOT NULL GROUP BY f.month
