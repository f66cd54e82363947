{{orders}},
firsts AS (
  SELECT a.order_id, a.customer_id, a.ordered_at, a.month
  FROM sold AS a LEFT JOIN sold AS b ON b.customer_id = a.customer_id AND b.order_id <> a.order_id
    AND (b.ordered_at < a.ordered_at OR (b.ordered_at = a.ordered_at
      AND (b.source_seq < a.source_seq OR (b.source_seq = a.source_seq AND b.order_id < a.order_id))))
  GROUP BY a.order_id, a.customer_id, a.ordered_at, a.month
  HAVING count(b.order_id) = 0
)
