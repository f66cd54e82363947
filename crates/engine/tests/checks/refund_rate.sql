WITH {{refunds}},
sides AS (
  SELECT month, CAST(0 AS DECIMAL(18, 4)) AS refund, revenue FROM sold
  WHERE revenue IS NOT NULL AND (SELECT count(*) FROM payments WHERE kind = 'refund') > 0
  UNION ALL
  SELECT month, amount, CAST(0 AS DECIMAL(18, 4)) FROM refunded WHERE amount IS NOT NULL
)
SELECT month AS label, CAST(sum(refund) AS DOUBLE) / nullif(CAST(sum(revenue) AS DOUBLE), 0) AS value,
  sum(CASE WHEN revenue <> 0 THEN 1 ELSE 0 END) AS n
FROM sides GROUP BY month
