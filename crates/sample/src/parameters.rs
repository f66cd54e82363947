//! The coefficients of the model. They are the truths that `truth.json` tells; switched-off effects are zero.

use crate::options::Options;

/// Purchase process: MBG/NBD (Batislam, Denizel, Filiztekin 2007), in operational weeks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Purchase {
    pub(crate) r: f64,
    pub(crate) alpha_weeks: f64,
    pub(crate) a: f64,
    pub(crate) b: f64,
    /// Share of customers who ever buy.
    pub(crate) buyer_share: f64,
    /// Added to the log of the purchase rate.
    pub(crate) log_rate_business: f64,
    pub(crate) log_rate_price_comparison: f64,
}

/// Spend: Gamma-Gamma (Fader, Hardie 2013): z ~ Gamma(p, ν), ν ~ Gamma(q, v); EUR.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spend {
    pub(crate) p: f64,
    pub(crate) q: f64,
    pub(crate) v: f64,
}

/// What is added to the log odds of leaving after an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dropout {
    pub(crate) late_delivery: f64,
    pub(crate) solved_well: f64,
    pub(crate) solved_badly: f64,
    pub(crate) satisfied: f64,
    pub(crate) remote_region: f64,
    pub(crate) price_comparison: f64,
    pub(crate) business: f64,
    /// Per unit of ln(order value / 60 EUR).
    pub(crate) order_value: f64,
    /// Per standard deviation of the hidden trait.
    pub(crate) impatience: f64,
}

/// Log odds of a late delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lateness {
    pub(crate) intercept: f64,
    pub(crate) remote_region: f64,
    pub(crate) price_comparison: f64,
    pub(crate) business: f64,
    pub(crate) december: f64,
    pub(crate) carrier_trouble: f64,
    pub(crate) impatience: f64,
}

/// First answer: working seconds are lognormal; the effects are added to the mean of the log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wait {
    pub(crate) median_minutes_written: f64,
    pub(crate) median_minutes_chat: f64,
    pub(crate) median_minutes_phone: f64,
    pub(crate) sigma: f64,
    pub(crate) high_priority: f64,
    pub(crate) second_winter: f64,
    pub(crate) trained: f64,
    pub(crate) log_handling_trained: f64,
}

/// How a problem ends: log odds of badly, and of well among the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) badly_intercept: f64,
    pub(crate) badly_technical: f64,
    pub(crate) badly_trained: f64,
    pub(crate) well_intercept: f64,
    pub(crate) well_trained: f64,
    /// Points of five added to every graded category of a quality review.
    pub(crate) quality_trained: f64,
}

/// Log odds of an answer of 4 or 5 about a ticket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Csat {
    pub(crate) intercept: f64,
    /// Per unit of ln(1 + hours until the first answer by a person).
    pub(crate) log_wait_hours: f64,
    pub(crate) solved_well: f64,
    pub(crate) solved_badly: f64,
    pub(crate) trained: f64,
    pub(crate) technical: f64,
    pub(crate) impatience: f64,
}

/// Scores about orders and the company: shifts on the latent scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Voice {
    pub(crate) late_delivery: f64,
    pub(crate) solved_well: f64,
    pub(crate) solved_badly: f64,
}

/// The randomised campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Campaign {
    /// Probability that a customer whom it reached places one extra order within 30 days.
    pub(crate) extra_order: f64,
    pub(crate) holdout_share: f64,
    pub(crate) delivered_share: f64,
}

/// Knowledge articles and referrals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Resources {
    /// Probability that a customer with a need reads the article there is.
    pub(crate) article_read: f64,
    /// Probability that the article read replaces the ticket.
    pub(crate) article_solves: f64,
    pub(crate) referral_after_good_order: f64,
    pub(crate) referral_after_bad_order: f64,
}

/// All coefficients in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parameters {
    pub(crate) purchase: Purchase,
    pub(crate) spend: Spend,
    pub(crate) dropout: Dropout,
    pub(crate) lateness: Lateness,
    pub(crate) wait: Wait,
    pub(crate) outcome: Outcome,
    pub(crate) csat: Csat,
    pub(crate) voice: Voice,
    pub(crate) campaign: Campaign,
    pub(crate) resources: Resources,
}

impl Parameters {
    /// The defaults with everything that is switched off at zero.
    pub(crate) fn of(options: &Options) -> Parameters {
        let on = Switches::of(options);
        Parameters {
            purchase: Purchase::of(&on),
            spend: Spend::of(),
            dropout: Dropout::of(&on),
            lateness: Lateness::of(&on),
            wait: Wait::of(&on),
            outcome: Outcome::of(&on),
            csat: Csat::of(&on),
            voice: Voice::of(&on),
            campaign: Campaign::of(&on),
            resources: Resources::of(&on),
        }
    }
}

/// One for each effect that is on, zero for each that is off.
struct Switches {
    season: f64,
    late: f64,
    wait: f64,
    solved: f64,
    satisfaction: f64,
    trained: f64,
    campaign: f64,
    articles: f64,
    referrals: f64,
    shared: f64,
    hidden: f64,
}

impl Switches {
    fn of(options: &Options) -> Switches {
        let effects = &options.effects;
        Switches {
            season: switch(effects.season),
            late: switch(effects.late_delivery),
            wait: switch(effects.response_wait),
            solved: switch(effects.problem_solved),
            satisfaction: switch(effects.satisfaction),
            trained: switch(effects.training),
            campaign: switch(effects.campaign),
            articles: switch(effects.articles),
            referrals: switch(effects.referrals),
            shared: switch(effects.confounding),
            hidden: switch(options.hidden_confounder),
        }
    }
}

impl Purchase {
    fn of(on: &Switches) -> Purchase {
        Purchase {
            r: 0.55,
            alpha_weeks: 14.0,
            a: 0.9,
            b: 2.1,
            buyer_share: 0.72,
            log_rate_business: 0.4 * on.shared,
            log_rate_price_comparison: -0.3 * on.shared,
        }
    }
}

impl Spend {
    fn of() -> Spend {
        Spend { p: 6.0, q: 4.0, v: 30.0 }
    }
}

impl Dropout {
    fn of(on: &Switches) -> Dropout {
        Dropout {
            late_delivery: 1.1 * on.late,
            solved_well: -0.7 * on.solved,
            solved_badly: 1.2 * on.solved,
            satisfied: -0.7 * on.satisfaction,
            remote_region: 0.6 * on.shared,
            price_comparison: 0.6 * on.shared,
            business: -0.3 * on.shared,
            order_value: -0.25 * on.shared,
            impatience: 0.6 * on.hidden,
        }
    }
}

impl Lateness {
    fn of(on: &Switches) -> Lateness {
        Lateness {
            intercept: -2.85,
            remote_region: 1.0 * on.shared,
            price_comparison: 0.5 * on.shared,
            business: -0.5 * on.shared,
            december: 0.6 * on.season,
            carrier_trouble: 1.7,
            impatience: 0.6 * on.hidden,
        }
    }
}

impl Wait {
    fn of(on: &Switches) -> Wait {
        Wait {
            median_minutes_written: 100.0,
            median_minutes_chat: 7.0,
            median_minutes_phone: 2.5,
            sigma: 0.9,
            high_priority: -0.6 * on.shared,
            second_winter: 0.85,
            trained: -0.5 * on.trained,
            log_handling_trained: -0.2 * on.trained,
        }
    }
}

impl Outcome {
    fn of(on: &Switches) -> Outcome {
        Outcome {
            badly_intercept: -1.75,
            badly_technical: 0.4,
            badly_trained: -0.6 * on.trained,
            well_intercept: 0.6,
            well_trained: 0.5 * on.trained,
            quality_trained: 0.5 * on.trained,
        }
    }
}

impl Csat {
    fn of(on: &Switches) -> Csat {
        Csat {
            intercept: 1.9,
            log_wait_hours: -0.45 * on.wait,
            solved_well: 0.9 * on.solved,
            solved_badly: -1.6 * on.solved,
            trained: 0.3 * on.trained,
            technical: -0.3,
            impatience: -0.5 * on.hidden,
        }
    }
}

impl Voice {
    fn of(on: &Switches) -> Voice {
        Voice { late_delivery: -1.5 * on.late, solved_well: 0.4 * on.solved, solved_badly: -1.3 * on.solved }
    }
}

impl Campaign {
    fn of(on: &Switches) -> Campaign {
        Campaign { extra_order: 0.05 * on.campaign, holdout_share: 0.3, delivered_share: 0.96 }
    }
}

impl Resources {
    fn of(on: &Switches) -> Resources {
        Resources {
            article_read: 0.5,
            article_solves: 0.4 * on.articles,
            referral_after_good_order: 0.08 * on.referrals,
            referral_after_bad_order: 0.015 * on.referrals,
        }
    }
}

fn switch(on: bool) -> f64 {
    if on { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Effects;

    #[test]
    fn switched_off_is_zero() {
        let options = Options { effects: Effects::none(), ..Options::default() };
        let p = Parameters::of(&options);
        let zeros = [
            p.purchase.log_rate_business,
            p.dropout.late_delivery,
            p.dropout.solved_well,
            p.dropout.solved_badly,
            p.dropout.satisfied,
            p.dropout.remote_region,
            p.dropout.impatience,
            p.lateness.december,
            p.lateness.remote_region,
            p.wait.trained,
            p.wait.high_priority,
            p.csat.log_wait_hours,
            p.csat.trained,
            p.voice.late_delivery,
            p.campaign.extra_order,
            p.resources.article_solves,
            p.resources.referral_after_good_order,
        ];
        assert!(zeros.iter().all(|z| *z == 0.0), "{zeros:?}");
        let on = Parameters::of(&Options { hidden_confounder: true, ..Options::default() });
        assert!(on.dropout.impatience > 0.0 && on.lateness.impatience > 0.0);
    }
}
