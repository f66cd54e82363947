//! Without effects, the purchase and spend processes are exactly those whose parameters the truth tells.

use crate::reading::{Company, company_with, mean, orders_by_customer, second, share};

const WEEK: f64 = 7.0 * 86_400.0;

#[test]
fn purchases_and_order_values_follow_the_models() {
    let company = company_with(40_000, &[]);
    the_share_without_a_second_order_follows_the_model(&company);
    order_values_follow_the_model(&company);
}

/// MBG/NBD: of customers with t weeks since their first order, the share without another one is
/// E[p] + (1 − E[p]) · (α / (α + t))^r, with E[p] = a / (a + b): leave at once, or stay and wait.
fn the_share_without_a_second_order_follows_the_model(company: &Company) {
    let by_customer = orders_by_customer(company);
    let end = second("2026-06-30T22:00:00Z");
    let at = |name: &str| company.truth(&format!("/parameters/purchase/{name}"));
    let (r, alpha, leave) = (at("r"), at("alpha"), at("a") / (at("a") + at("b")));
    for weeks in [4.0, 13.0, 26.0, 52.0] {
        let horizon = (weeks * WEEK) as i64;
        let old_enough = by_customer.values().filter(|orders| orders[0].at + horizon + 2 * 86_400 < end);
        let found =
            share(old_enough.map(|orders| orders.get(1).is_none_or(|second| second.at > orders[0].at + horizon)));
        let expected = leave + (1.0 - leave) * (alpha / (alpha + weeks)).powf(r);
        assert!((found - expected).abs() < 0.013, "{weeks} weeks: {found} against {expected}");
    }
}

/// Gamma-Gamma: ln z = ln Gamma(p) − ln Gamma(q) + ln v, hence mean ψ(p) − ψ(q) + ln v, variance
/// ψ'(p) + ψ'(q), and covariance of two orders of a customer ψ'(q); here p = 6, q = 4, v = 30 with
/// ψ(6) = 1.706118, ψ(4) = 1.256118, ψ'(6) = 0.181323, ψ'(4) = 0.283823.
fn order_values_follow_the_model(company: &Company) {
    let at = |name: &str| company.truth(&format!("/parameters/spend/{name}"));
    assert_eq!((at("p"), at("q"), at("v")), (6.0, 4.0, 30.0));
    let mut logs = Vec::new();
    let mut pairs = Vec::new();
    let euro = company.rows("orders");
    let foreign: std::collections::HashSet<&str> = euro
        .rows
        .iter()
        .filter(|row| euro.get(row, "currency") != "EUR")
        .map(|row| euro.get(row, "customer_ref"))
        .collect();
    for (customer, orders) in &orders_by_customer(company) {
        if foreign.contains(customer.as_str()) {
            continue;
        }
        logs.extend(orders.iter().map(|order| order.goods.ln()));
        if let [one, two, ..] = orders.as_slice() {
            pairs.push((one.goods.ln(), two.goods.ln()));
        }
    }
    let center = mean(&logs);
    let expected = 1.706118 - 1.256118 + 30.0_f64.ln();
    assert!((center - expected).abs() < 0.02, "mean {center} against {expected}");
    let variance = mean(&logs.iter().map(|l| (l - center).powi(2)).collect::<Vec<_>>());
    assert!((variance - 0.465146).abs() < 0.02, "variance {variance}");
    let shared = mean(&pairs.iter().map(|(a, b)| (a - center) * (b - center)).collect::<Vec<_>>());
    assert!((shared - 0.283823).abs() < 0.025, "covariance {shared}");
    assert!((company.truth("/parameters/spend/mean_order_value") - 60.0).abs() < 1e-9);
}

#[test]
fn demand_follows_the_seasons_only_where_they_are_on() {
    let december_over_august = |effects: &[&str]| {
        let company = company_with(10_000, effects);
        let orders = company.current("orders", &["order_id"]);
        let count = |month: &str| orders.column("ordered_at").iter().filter(|at| at.starts_with(month)).count();
        count("2025-12") as f64 / count("2025-08") as f64
    };
    let (on, off) = (december_over_august(&["season"]), december_over_august(&[]));
    assert!(on > 1.4 && (0.85..1.15).contains(&off), "{on} {off}");
}
