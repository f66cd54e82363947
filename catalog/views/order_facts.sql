-- One row per order, with its customer and its amounts in the workspace currency (four decimal places, converted at
-- the rate of the local day of the order). Without a rate (no_rate) all amounts are empty, never zero.
-- counts: false for cancelled and unavailable orders, which no total includes. revenue: goods less discount, without
-- shipping and tax. cost: of the order, else of its lines where every product has a cost (a product's cost is in
-- the workspace currency). promise_ends_at: delivered before it, the promise is kept. order_number, previous_order_at
-- and next_order_at run over the customer's counting orders in the order of ordered_at, source_seq, order_id.
-- returned: the order's status says so, or a ticket asked for a return; returned_at: that ticket, else the refund.
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
  CASE WHEN o.promised_at IS NOT NULL THEN o.delivered_at <= o.promised_at
    ELSE o.delivered_at < o.promise_ends_at END AS kept_promise,
  CASE WHEN o.delivered_at >= o.ordered_at
    THEN (CAST(o.delivered_at AS BIGINT) - CAST(o.ordered_at AS BIGINT)) / 1e6 END AS delivery_seconds,
  CASE WHEN o.delivered_at >= o.ordered_at
    THEN (CAST(o.delivered_at AS BIGINT) - CAST(o.ordered_at AS BIGINT)) / 86400e6 END AS delivery_days,
  CASE WHEN o.counts THEN row_number() OVER line END AS order_number,
  CASE WHEN o.counts THEN row_number() OVER line = 1 END AS is_first,
  CASE WHEN o.counts THEN lag(o.ordered_at) OVER line END AS previous_order_at,
  CASE WHEN o.counts THEN lead(o.ordered_at) OVER line END AS next_order_at,
  coalesce(o.status = 'returned', false) OR t.return_asked_at IS NOT NULL AS returned,
  CASE WHEN o.status = 'returned' THEN coalesce(t.return_asked_at, r.refunded_at)
    ELSE t.return_asked_at END AS returned_at,
  t.defect_told_at,
  p.region,
  p.segment,
  p.acquisition_channel,
  p.referred
FROM priced AS o
LEFT JOIN about_orders AS t ON t.order_id = o.order_id
LEFT JOIN refunds AS r ON r.order_id = o.order_id
LEFT JOIN customer_profiles AS p ON p.customer_id = o.customer_id
WINDOW line AS (PARTITION BY o.customer_id, o.counts ORDER BY o.ordered_at, o.source_seq, o.order_id)
