-- Orders with their customer and amounts in the workspace currency; order_facts says what they mean.
WITH lines AS (
  SELECT
    l.order_id,
    CASE WHEN count(*) = count(l.unit_price)
      THEN sum(CAST(coalesce(l.quantity, 1) AS DECIMAL(18, 6)) * l.unit_price) END AS goods,
    sum(l.shipping) AS shipping,
    CASE WHEN count(*) = count(p.cost)
      THEN sum(CAST(coalesce(l.quantity, 1) AS DECIMAL(18, 6)) * p.cost) END AS cost
  FROM order_lines AS l
  LEFT JOIN products AS p ON p.product_id = l.product_id
  GROUP BY l.order_id
),
about_orders AS (
  SELECT
    order_id,
    min(opened_at) FILTER (WHERE need = 'return') AS return_asked_at,
    min(opened_at) FILTER (WHERE need = 'technical_problem') AS defect_told_at
  FROM tickets
  WHERE order_id IS NOT NULL AND need IN ('return', 'technical_problem')
  GROUP BY order_id
),
refunds AS (
  SELECT order_id, min(at) AS refunded_at FROM payments WHERE kind = 'refund' GROUP BY order_id
),
placed AS (
  SELECT
    o.*,
    coalesce(a.customer_id, o.customer_ref) AS customer_id,
    coalesce(o.currency, workspace_currency()) AS order_currency,
    o.status IS NULL OR o.status NOT IN ('cancelled', 'unavailable') AS counts,
    coalesce(o.promised_at, day_end(o.promised_on)) AS promise_ends_at
  FROM orders AS o
  LEFT JOIN customer_aliases AS a ON a.alias = o.customer_ref
),
rated AS (
  SELECT
    o.*,
    CASE WHEN o.order_currency = workspace_currency() THEN CAST(1 AS DECIMAL(20, 10)) ELSE x.rate END AS rate
  FROM placed AS o
  LEFT JOIN exchange_rates AS x ON x.currency = o.order_currency AND x.day = local_day(o.ordered_at)
),
priced AS (
  SELECT
    o.*,
    CAST(CAST(coalesce(o.goods, l.goods) AS DECIMAL(18, 4)) * o.rate AS DECIMAL(18, 4)) AS own_goods,
    CAST(coalesce(o.discount, CAST(0 AS DECIMAL(18, 4))) * o.rate AS DECIMAL(18, 4)) AS own_discount,
    CAST(CAST(coalesce(o.shipping, l.shipping) AS DECIMAL(18, 4)) * o.rate AS DECIMAL(18, 4)) AS own_shipping,
    CASE WHEN o.rate IS NULL THEN NULL
      WHEN o.cost IS NOT NULL THEN CAST(o.cost * o.rate AS DECIMAL(18, 4))
      ELSE CAST(l.cost AS DECIMAL(18, 4)) END AS own_cost
  FROM rated AS o
  LEFT JOIN lines AS l ON l.order_id = o.order_id
)
SELECT
  o.order_id,
  o.customer_id,
  o.customer_ref,
  o.ordered_at,
  o.source,
  o.import_id,
  o.source_seq,
  o.status,
  o.counts,
  o.channel,
  o.coupon,
  o.referrer,
  o.session_id,
  o.order_currency AS currency,
  o.rate IS NULL AS no_rate,
  o.own_goods AS goods,
  o.own_discount AS discount,
  CAST(o.own_goods - o.own_discount AS DECIMAL(18, 4)) AS revenue,
  o.own_shipping AS shipping,
  o.own_cost AS cost,
  CAST(o.own_goods - o.own_discount - o.own_cost AS DECIMAL(18, 4)) AS margin,
  o.paid_at,
  o.promised_at,
  o.promised_on,
  o.promise_ends_at,
  o.shipped_at,
  o.delivered_at,
  o.cancelled_at,
  coalesce(o.status = 'returned', false) OR t.return_asked_at IS NOT NULL AS returned,
  CASE WHEN o.status = 'returned' THEN coalesce(t.return_asked_at, r.refunded_at)
    ELSE t.return_asked_at END AS returned_at,
  t.defect_told_at
FROM priced AS o
LEFT JOIN about_orders AS t ON t.order_id = o.order_id
LEFT JOIN refunds AS r ON r.order_id = o.order_id
