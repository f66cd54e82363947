//! Over which channel a touchpoint came: what the event says, else the campaign's medium, else the kind of program.

use serde_json::Value;

use crate::field;

/// The words of marketing for the channels that reports know. What is none of them stays as it is.
const MEDIA: [(&str, &str); 22] = [
    ("cpc", "advertisement"),
    ("ppc", "advertisement"),
    ("cpm", "advertisement"),
    ("cpv", "advertisement"),
    ("cpa", "advertisement"),
    ("paid", "advertisement"),
    ("paidsearch", "advertisement"),
    ("paid_search", "advertisement"),
    ("paid-search", "advertisement"),
    ("paid_social", "advertisement"),
    ("paidsocial", "advertisement"),
    ("paid-social", "advertisement"),
    ("display", "advertisement"),
    ("banner", "advertisement"),
    ("retargeting", "advertisement"),
    ("organic", "search"),
    ("e-mail", "email"),
    ("newsletter", "email"),
    ("social-media", "social"),
    ("social_media", "social"),
    ("affiliate", "referral"),
    ("partner", "referral"),
];

/// The channel of a campaign's medium.
pub fn of_medium(medium: &str) -> String {
    let medium = medium.trim().to_lowercase();
    let known = MEDIA.iter().find(|(theirs, _)| *theirs == medium).map(|(_, ours)| (*ours).to_owned());
    known.unwrap_or(medium)
}

/// `web` or `app` by the name of the sender's library; servers have none of their own.
pub fn of_library(library: &str) -> Option<&'static str> {
    let library = library.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| library.contains(word));
    if has(&["ios", "android", "swift", "kotlin", "react-native", "react native", "flutter", "xamarin", "unity"]) {
        Some("app")
    } else if library == "web" || has(&["analytics.js", "analytics-next", "posthog-js"]) {
        Some("web")
    } else {
        None
    }
}

/// The channel that properties name, directly or by their campaign's medium.
pub fn told(properties: &Value, medium: Option<String>) -> Option<String> {
    field::first(properties, &["channel"]).or_else(|| medium.map(|medium| of_medium(&medium)))
}
