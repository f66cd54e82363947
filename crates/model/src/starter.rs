//! The settings of a new workspace, written from a template so that its comments stay.

use toml_edit::{DocumentMut, Item, Value};

use crate::settings::{check_currency, check_zone};

/// Fills name, zone and currency into the template of `throughline.toml`.
///
/// # Errors
/// A sentence: the zone is not in the time zone database, or the currency is no three-letter code.
pub fn settings(template: &str, name: &str, zone: &str, currency: &str) -> Result<String, String> {
    let mut document: DocumentMut =
        template.parse().map_err(|error| format!("The starter settings are broken: {error}"))?;
    let sentence = |(problem, hint): (String, Option<String>)| match hint {
        Some(hint) => format!("{problem}; {hint}"),
        None => problem,
    };
    check_zone(zone).map_err(sentence)?;
    check_currency(currency).map_err(sentence)?;
    set(&mut document, "format", 1.into());
    set(&mut document, "name", name.into());
    set(&mut document, "zone", zone.into());
    set(&mut document, "currency", currency.into());
    Ok(document.to_string())
}

fn set(document: &mut DocumentMut, key: &str, mut new: Value) {
    match document.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            // What stands around a value, its comment included, belongs to its decor.
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => document[key] = Item::Value(new),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn comments_stay_and_values_are_checked() {
        let template = "# Who we are\nformat = 1\nname = \"\"   # shown on top\nzone = \"UTC\"\ncurrency = \"EUR\"\n";
        let text = settings(template, "A \"B\"", "Europe/Berlin", "CHF").unwrap();
        assert!(text.starts_with("# Who we are\n") && text.contains("# shown on top"));
        assert!(text.contains("zone = \"Europe/Berlin\"") && text.contains("currency = \"CHF\""));
        assert!(settings(template, "A", "Europe/Berlinn", "CHF").unwrap_err().contains("Europe/Berlinn"));
        assert!(settings(template, "A", "UTC", "euro").unwrap_err().contains("euro"));
    }
}
