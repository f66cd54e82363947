//! The coefficients as `truth.json` lists them.

use serde_json::{Value, json};

use crate::parameters::Parameters;

impl Parameters {
    /// All coefficients for `truth.json`.
    pub(crate) fn to_json(self) -> Value {
        let Parameters { purchase, spend, dropout, lateness, wait, outcome, csat, voice, campaign, resources } = self;
        json!({
            "purchase": {
                "model": "MBG/NBD", "time_unit": "week", "r": purchase.r, "alpha": purchase.alpha_weeks,
                "a": purchase.a, "b": purchase.b, "buyer_share": purchase.buyer_share,
                "log_rate_business": purchase.log_rate_business,
                "log_rate_price_comparison": purchase.log_rate_price_comparison,
            },
            "spend": {
                "model": "Gamma-Gamma", "currency": "EUR", "p": spend.p, "q": spend.q, "v": spend.v,
                "mean_order_value": spend.p * spend.v / (spend.q - 1.0),
            },
            "dropout_log_odds": {
                "late_delivery": dropout.late_delivery, "solved_well": dropout.solved_well,
                "solved_badly": dropout.solved_badly, "satisfied_with_ticket": dropout.satisfied,
                "remote_region": dropout.remote_region, "price_comparison": dropout.price_comparison,
                "business": dropout.business, "log_order_value_over_60": dropout.order_value,
                "impatience_hidden": dropout.impatience,
            },
            "late_delivery_log_odds": {
                "intercept": lateness.intercept, "remote_region": lateness.remote_region,
                "price_comparison": lateness.price_comparison, "business": lateness.business,
                "december": lateness.december, "carrier_trouble": lateness.carrier_trouble,
                "impatience_hidden": lateness.impatience,
            },
            "first_response_log_working_seconds": {
                "median_minutes_written": wait.median_minutes_written,
                "median_minutes_chat": wait.median_minutes_chat,
                "median_minutes_phone": wait.median_minutes_phone, "sigma": wait.sigma,
                "high_priority": wait.high_priority, "second_winter": wait.second_winter,
                "trained": wait.trained, "log_handling_trained": wait.log_handling_trained,
            },
            "outcome_log_odds": {
                "badly_intercept": outcome.badly_intercept, "badly_technical": outcome.badly_technical,
                "badly_trained": outcome.badly_trained, "well_intercept": outcome.well_intercept,
                "well_trained": outcome.well_trained, "quality_points_trained": outcome.quality_trained,
            },
            "csat_log_odds_of_4_or_5": {
                "intercept": csat.intercept, "log_1_plus_wait_hours": csat.log_wait_hours,
                "solved_well": csat.solved_well, "solved_badly": csat.solved_badly,
                "trained": csat.trained, "technical": csat.technical, "impatience_hidden": csat.impatience,
            },
            "voice_latent_points": {
                "late_delivery": voice.late_delivery, "solved_well": voice.solved_well,
                "solved_badly": voice.solved_badly,
            },
            "campaign": {
                "extra_order_within_30_days": campaign.extra_order,
                "holdout_share": campaign.holdout_share, "delivered_share": campaign.delivered_share,
            },
            "resources": {
                "article_read": resources.article_read, "article_solves": resources.article_solves,
                "referral_after_good_order": resources.referral_after_good_order,
                "referral_after_bad_order": resources.referral_after_bad_order,
            },
        })
    }
}
