-- One row per order, with its customer and its amounts in the workspace currency (four decimal places, converted at
-- the rate of the local day of the order). Without a rate (no_rate) all amounts are empty, never zero.
-- counts: false for cancelled and unavailable orders, which no total includes. revenue: goods less discount, without
-- shipping and tax. cost: of the order, else of its lines where every product has a cost (a product's cost is in
-- the workspace currency). promise_ends_at: delivered before it, the promise is kept. order_number, previous_order_at
-- and next_order_at run over the customer's counting orders in the order of ordered_at, source_seq, order_id.
-- returned: the order's status says so, or a ticket asked for a return; returned_at: that ticket, else the refund.
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
  o.currency,
  o.no_rate,
  o.goods,
  o.discount,
  o.revenue,
  o.shipping,
  o.cost,
  o.margin,
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
  o.returned,
  o.returned_at,
  o.defect_told_at,
  p.region,
  p.segment,
  p.acquisition_channel,
  p.referred
FROM _order_amounts AS o
LEFT JOIN customer_profiles AS p ON p.customer_id = o.customer_id
WINDOW line AS (PARTITION BY o.customer_id, o.counts ORDER BY o.ordered_at, o.source_seq, o.order_id)
