-- One row per question asked, answered or not. score_share: the answer as a share of its scale, 0 to 1; the scale is
-- the row's own, else the usual one of the instrument; empty where the scale is unknown or the score outside it.
-- silence_known: the source also delivers questions that were not answered; where it does not, nothing can be said
-- of those who were silent. customer_ref: the source's own, else that of the order or ticket it is about.
WITH silent AS (
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
  f.score_share,
  f.text,
  f.language,
  f.channel,
  f.about,
  f.about_id,
  f.order_id,
  f.ticket_id,
  p.known,
  p.region,
  p.segment
FROM _feedback_scores AS f
LEFT JOIN silent AS s ON s.source = coalesce(f.source, '') AND s.instrument = f.instrument
LEFT JOIN customer_profiles AS p ON p.customer_id = f.customer_id
