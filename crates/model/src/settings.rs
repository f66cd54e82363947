//! What a workspace is called and how it counts time and money: `throughline.toml`.

use std::str::FromStr;

use iso_currency::Currency;
use jiff::civil::Weekday;
use jiff::tz::TimeZoneDatabase;

use crate::diagnostic::nearest;
use crate::measure::read_seconds;
use crate::toml_reader::Section;

/// The settings of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name shown on top of everything.
    pub name: String,
    /// IANA name of the time zone that decides days, weeks and months.
    pub zone: String,
    /// ISO 4217 code of the currency that money is converted to.
    pub currency: String,
    /// First day of a week.
    pub week_start: Weekday,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: i8,
    /// How long files stay that newer ones replaced, in seconds: what was opened before then can be read to its end.
    pub keep_replaced_seconds: i64,
}

impl Default for Settings {
    /// An unnamed workspace in UTC and euros, weeks from Monday, fiscal years from January.
    fn default() -> Settings {
        Settings {
            name: "Throughline".to_owned(),
            zone: "UTC".to_owned(),
            currency: "EUR".to_owned(),
            week_start: Weekday::Monday,
            fiscal_year_start: 1,
            keep_replaced_seconds: 3_600,
        }
    }
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Settings {
    /// Reads `throughline.toml`; what is wrong is noted and keeps its default.
    pub fn read(section: Section<'_>) -> Settings {
        let mut settings = Settings::default();
        if let Some(name) = section.required_text("name") {
            settings.name = name;
        }
        if let Some(zone) = section.required_text("zone") {
            match check_zone(&zone) {
                Ok(()) => settings.zone = zone,
                Err((message, hint)) => section.error(section.at("zone"), message, hint),
            }
        }
        if let Some(currency) = section.required_text("currency") {
            match check_currency(&currency) {
                Ok(()) => settings.currency = currency,
                Err((message, hint)) => section.error(section.at("currency"), message, hint),
            }
        }
        if let Some(day) = section.choice("week_start", &WEEKDAYS) {
            settings.week_start = day;
        }
        match section.integer("fiscal_year_start") {
            Some(month @ 1..=12) => settings.fiscal_year_start = month as i8,
            Some(month) => {
                let hint = Some("1 for January to 12 for December".to_owned());
                let message = format!("there is no month {month}");
                section.error(section.at("fiscal_year_start"), message, hint);
            }
            None => {}
        }
        if let Some(seconds) = read_seconds(&section, "keep_replaced_files") {
            settings.keep_replaced_seconds = seconds;
        }
        section.done();
        settings
    }
}

pub(crate) fn check_zone(zone: &str) -> Result<(), (String, Option<String>)> {
    // The bundled database, so that a result never depends on the machine's own.
    let database = TimeZoneDatabase::bundled();
    if database.get(zone).is_ok() {
        return Ok(());
    }
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    let hint = match nearest(zone, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "an IANA name such as Europe/Berlin or America/Sao_Paulo".to_owned(),
    };
    Err((format!("there is no time zone \"{zone}\""), Some(hint)))
}

/// Whether `code` is an ISO 4217 currency; the error is a message and a hint.
pub fn check_currency(code: &str) -> Result<(), (String, Option<String>)> {
    if Currency::from_code(code).is_some() {
        return Ok(());
    }
    let upper = code.trim().to_uppercase();
    let hint = if Currency::from_str(&upper).is_ok() {
        format!("did you mean `{upper}`?")
    } else {
        "three letters such as EUR, USD or BRL".to_owned()
    };
    Err((format!("\"{code}\" is not a currency of ISO 4217"), Some(hint)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_reader::TomlFile;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) -> Settings {
        let file = TomlFile::parse("throughline.toml", text);
        let settings = file.versioned_root().map(Settings::read).unwrap_or_default();
        let problems: Vec<String> = file.into_problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems, expected);
        settings
    }

    #[test]
    fn good_settings() {
        let settings = check(
            "format = 1\nname = \"Shop\"\nzone = \"Europe/Berlin\"\ncurrency = \"BRL\"\nweek_start = \"sunday\"\nfiscal_year_start = 4\nkeep_replaced_files = \"7d\"\n",
            &[],
        );
        assert_eq!(settings.keep_replaced_seconds, 7 * 86_400);
        assert_eq!(settings.week_start, Weekday::Sunday);
        assert_eq!(settings.fiscal_year_start, 4);
        assert_eq!(settings.currency, "BRL");
    }

    #[test]
    fn bad_settings_keep_their_defaults() {
        let settings = check(
            "format = 1\nzone = \"Europe/Berln\"\ncurrency = \"EURO\"\nweek_start = \"Mon\"\nfiscal_year_start = 13\ncurency = 'x'\n",
            &[
                "throughline.toml:1:1: error: `name` is missing",
                "throughline.toml:2:8: error: there is no time zone \"Europe/Berln\" (did you mean `Europe/Berlin`?)",
                "throughline.toml:3:12: error: \"EURO\" is not a currency of ISO 4217 (three letters such as EUR, USD or BRL)",
                "throughline.toml:4:14: error: `week_start` cannot be \"Mon\" (one of monday, tuesday, wednesday, thursday, friday, saturday, sunday)",
                "throughline.toml:5:21: error: there is no month 13 (1 for January to 12 for December)",
                "throughline.toml:6:1: error: unknown key `curency` (did you mean `currency`?)",
            ],
        );
        assert_eq!(settings.zone, "UTC");
        assert_eq!(settings.currency, "EUR");
    }

    #[test]
    fn currencies() {
        assert!(check_currency("BRL").is_ok());
        assert_eq!(check_currency("eur").err().and_then(|e| e.1).as_deref(), Some("did you mean `EUR`?"));
        assert!(check_currency("ZZZ").is_err());
    }
}
