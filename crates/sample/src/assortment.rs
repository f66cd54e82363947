//! What the company sells: kitchen and coffee gear at list prices.

use crate::dice::Dice;
use crate::files::Files;
use crate::table::Version;

const CATEGORIES: [(&str, &str); 8] = [
    ("coffee", "Espresso machine"),
    ("coffee", "Coffee grinder"),
    ("kettles", "Kettle"),
    ("cookware", "Frying pan"),
    ("knives", "Chef's knife"),
    ("storage", "Storage jar"),
    ("tableware", "Dinner plate"),
    ("accessories", "Cleaning set"),
];
const LINES: [&str; 10] = ["Aalto", "Brise", "Corda", "Dune", "Elm", "Fjord", "Grove", "Heath", "Isar", "Juno"];
const FINISHES: [&str; 6] = ["steel", "black", "sand", "oak", "copper", "white"];
const COUNT: usize = 400;
const CHEAPEST_CENTS: f64 = 390.0;
const DEAREST_CENTS: f64 = 62_000.0;

/// A product with its list price in EUR.
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) category: &'static str,
    pub(crate) price_cents: i64,
    pub(crate) cost_cents: i64,
}

/// All products, by rising price.
pub(crate) struct Assortment {
    pub(crate) products: Vec<Product>,
}

impl Assortment {
    pub(crate) fn new(seed: u64) -> Assortment {
        let mut dice = Dice::of_company(seed, 1);
        let step = (DEAREST_CENTS / CHEAPEST_CENTS).ln() / (COUNT - 1) as f64;
        let products = (0..COUNT).map(|at| product(&mut dice, at, step)).collect();
        Assortment { products }
    }

    /// Index of a product whose price is near `cents`.
    pub(crate) fn near(&self, cents: f64, dice: &mut Dice) -> usize {
        let at = self.products.partition_point(|p| (p.price_cents as f64) < cents);
        let nearby = at as i64 + dice.below(7) as i64 - 3;
        nearby.clamp(0, self.products.len() as i64 - 1) as usize
    }

    /// Index of a product that is looked at: some are far more popular than others.
    pub(crate) fn popular(&self, dice: &mut Dice) -> usize {
        let rank = (dice.uniform().powi(2) * self.products.len() as f64) as usize;
        // 197 shares no factor with the number of products, so ranks spread over all prices.
        rank * 197 % self.products.len()
    }

    /// Writes `products`.
    pub(crate) fn write(&self, files: &mut Files, at: i64) {
        for product in &self.products {
            files
                .products
                .row()
                .text(&product.id)
                .text(&product.name)
                .text(product.category)
                .money(product.cost_cents)
                .end(at, 0, Version::Only);
        }
    }
}

fn product(dice: &mut Dice, at: usize, step: f64) -> Product {
    let (category, noun) = CATEGORIES[dice.below(CATEGORIES.len())];
    let price = CHEAPEST_CENTS * (step * at as f64).exp();
    // Prices end in 9.
    let price_cents = (price / 10.0).round() as i64 * 10 - 1;
    let cost_cents = (price_cents as f64 * (0.46 + 0.16 * dice.uniform())).round() as i64;
    let name = format!("{} {noun}, {} no. {}", dice.pick(&LINES), dice.pick(&FINISHES), at + 1);
    Product { id: format!("P{:04}", at + 1), name, category, price_cents, cost_cents }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_rise_and_a_near_one_is_near() {
        let assortment = Assortment::new(1);
        let prices: Vec<i64> = assortment.products.iter().map(|p| p.price_cents).collect();
        assert!(prices.is_sorted() && prices[0] == 389);
        let mut dice = Dice::of_company(1, 2);
        for cents in [1_000.0, 6_000.0, 25_000.0] {
            let mean: f64 = (0..500).map(|_| prices[assortment.near(cents, &mut dice)] as f64).sum::<f64>() / 500.0;
            assert!((mean / cents - 1.0).abs() < 0.02, "{cents}: {mean}");
        }
    }

    #[test]
    fn goods_cost_less_than_their_price() {
        assert!(Assortment::new(3).products.iter().all(|p| p.cost_cents * 100 < p.price_cents * 64));
    }
}
