-- One row per question asked, answered or not. score_share: the answer as a share of its scale, 0 to 1; the scale is
-- the row's own, else the usual one of the instrument; empty where the scale is unknown or the score outside it.
-- silence_known: the source also delivers questions that were not answered; where it does not, nothing can be said
-- of those who were silent. customer_ref: the source's own, else that of the order or ticket it is about.
WITH told AS (
  SELECT f.*, coalesce(f.customer_ref, o.customer_ref, t.customer_ref) AS whose
  FROM feedback AS f
  LEFT JOIN orders AS o ON f.customer_ref IS NULL AND f.about = 'order' AND o.order_id = f.about_id
  LEFT JOIN tickets AS t ON f.customer_ref IS NULL AND f.about = 'ticket' AND t.ticket_id = f.about_id
),
scaled AS (
  SELECT
    f.*,
    coalesce(a.customer_id, f.whose) AS customer_id,
    coalesce(f.scale_min, CASE WHEN f.instrument IN ('nps', 'brand') THEN 0.0
      WHEN f.instrument IN ('csat', 'review', 'expectation', 'trust', 'ces') THEN 1.0 END) AS low,
    coalesce(f.scale_max, CASE f.instrument WHEN 'nps' THEN 10.0 WHEN 'brand' THEN 1.0 WHEN 'ces' THEN 7.0
      WHEN 'csat' THEN 5.0 WHEN 'review' THEN 5.0 WHEN 'expectation' THEN 5.0 WHEN 'trust' THEN 5.0 END) AS high
  FROM told AS f
  LEFT JOIN customer_aliases AS a ON a.alias = f.whose
),
silent AS (
  SELECT DISTINCT coalesce(source, '') AS source, instrument FROM feedback WHERE answered_at IS NULL
)
SELECT
  f.feedback_id,
  f.customer_id,
  f.whose AS customer_ref,
  f.source,
  f.source_seq,
  f.instrument,
  f.question,
  f.asked_at,
  f.answered_at,
  f.answered_at IS NOT NULL AS answered,
  s.instrument IS NOT NULL AS silence_known,
  f.score,
  f.low AS scale_min,
  f.high AS scale_max,
  CASE WHEN f.high > f.low AND f.score BETWEEN f.low AND f.high
    THEN (f.score - f.low) / (f.high - f.low) END AS score_share,
  f.text,
  f.language,
  f.channel,
  f.about,
  f.about_id,
  CASE WHEN f.about = 'order' THEN f.about_id END AS order_id,
  CASE WHEN f.about = 'ticket' THEN f.about_id END AS ticket_id,
  p.known,
  p.region,
  p.segment
FROM scaled AS f
LEFT JOIN silent AS s ON s.source = coalesce(f.source, '') AND s.instrument = f.instrument
LEFT JOIN customer_profiles AS p ON p.customer_id = f.customer_id
