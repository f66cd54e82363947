//! Simulate and recover: each effect is found again with a simple estimator, and is gone when it is off.
//! Effects that do not disturb each other's estimators share a company.

use throughline_sample::Options;

use crate::estimators::{
    badly_over_well, campaign_lift, late_ratio, leaving, referred_share, remote_over_near, satisfied_over_not,
    settled_by_articles, training_effects, wait_slope,
};
use crate::reading::{Company, company, company_with, quiet};

fn near(name: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{name}: {found} against {expected}");
}

fn dropout(company: &Company, name: &str) -> f64 {
    company.truth(&format!("/parameters/dropout_log_odds/{name}"))
}

#[test]
fn without_effects_nothing_is_found() {
    let company = company_with(70_000, &[]);
    near("late delivery", late_ratio(&company), 1.0, 0.08);
    near("solved badly or well", badly_over_well(&company), 1.0, 0.17);
    near("wait", wait_slope(&company), 0.0, 0.09);
    near("campaign", campaign_lift(&company).0, 0.0, 0.011);
    near("articles", settled_by_articles(&company), 0.0, 0.02);
    near("referrals", referred_share(&company), 0.0, 1e-9);
    let (handling, waiting) = training_effects(&company);
    near("handling", handling, 0.0, 0.05);
    near("waiting", waiting, 0.0, 0.18);
    let (late, back) = remote_over_near(&company);
    // Trouble with the carrier of north and east makes remote regions look better here, not worse.
    assert!(late < 1.1, "{late}");
    near("remote regions", back, 1.0, 0.07);
}

#[test]
fn lateness_waits_campaign_articles_and_referrals_are_found() {
    let effects = ["late_delivery", "response_wait", "campaign", "articles", "referrals"];
    let company = company_with(70_000, &effects);
    let expected = (1.0 - leaving(&company, dropout(&company, "late_delivery"))) / (1.0 - leaving(&company, 0.0));
    assert!(expected < 0.8, "{expected}");
    near("late delivery", late_ratio(&company), expected, 0.07);
    let slope = company.truth("/parameters/csat_log_odds_of_4_or_5/log_1_plus_wait_hours");
    assert!(slope < -0.4);
    near("wait", wait_slope(&company), slope, 0.09);
    let (lift, base) = campaign_lift(&company);
    near("realised lift", lift, company.truth("/realised/campaign/lift"), 1e-9);
    let extra = company.truth("/parameters/campaign/extra_order_within_30_days");
    near("lift", lift, extra * company.truth("/parameters/campaign/delivered_share") * (1.0 - base), 0.011);
    near("articles", settled_by_articles(&company), company.truth("/parameters/resources/article_solves"), 0.04);
    let referred = referred_share(&company);
    assert!((0.05..0.15).contains(&referred), "{referred}");
    near("referrals", referred * 70_000.0, company.truth("/realised/referred_customers"), 1e-6);
}

#[test]
fn solving_well_and_training_are_found() {
    let company = company_with(70_000, &["problem_solved", "training"]);
    let stays = |name: &str| 1.0 - leaving(&company, dropout(&company, name));
    let expected = stays("solved_badly") / stays("solved_well");
    assert!(expected < 0.7, "{expected}");
    near("solved badly or well", badly_over_well(&company), expected, 0.13);
    let (handling, waiting) = training_effects(&company);
    let truth = |name: &str| company.truth(&format!("/parameters/first_response_log_working_seconds/{name}"));
    near("handling", handling, truth("log_handling_trained"), 0.05);
    // The end of the day cuts some waits short or stretches them, so less exact.
    near("waiting", waiting, truth("trained"), 0.22);
}

/// With the same seed the same tickets and answers come in both companies until the effect sets in, so
/// the quotient of the two is far more exact than each of them.
#[test]
fn satisfaction_is_found() {
    let (on, off) = (company_with(60_000, &["satisfaction"]), company_with(60_000, &[]));
    assert_eq!(dropout(&off, "satisfied_with_ticket"), 0.0);
    let expected = (1.0 - leaving(&on, dropout(&on, "satisfied_with_ticket"))) / (1.0 - leaving(&on, 0.0));
    assert!(expected > 1.1, "{expected}");
    near("satisfaction", satisfied_over_not(&on) / satisfied_over_not(&off), expected, 0.06);
}

#[test]
fn recorded_traits_are_found() {
    let (late, back) = remote_over_near(&company_with(50_000, &["confounding"]));
    assert!(late > 1.4 && back < 0.92, "{late} {back}");
}

#[test]
fn a_hidden_trait_fakes_an_effect() {
    let company = company(&Options { hidden_confounder: true, ..quiet(60_000, &[]) });
    assert_eq!(dropout(&company, "late_delivery"), 0.0);
    let raw = late_ratio(&company);
    assert!(raw < 0.92, "{raw}");
}
