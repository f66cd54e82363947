//! Names of events as kinds of touchpoints, in the words that stage rules know.

/// Names (in small letters with underscores) that are known by another word.
const KNOWN: [(&str, &str); 22] = [
    ("products_searched", "site_search"),
    ("product_added_to_wishlist", "wishlist_added"),
    ("product_removed_from_wishlist", "wishlist_removed"),
    ("product_reviewed", "review_written"),
    ("product_list_filtered", "product_list_viewed"),
    ("checkout_step_viewed", "checkout_step"),
    ("payment_info_entered", "add_payment_info"),
    ("email_link_clicked", "email_clicked"),
    ("push_notification_tapped", "push_opened"),
    ("push_notification_opened", "push_opened"),
    ("application_opened", "session_started"),
    ("application_installed", "first_visit"),
    ("signed_up", "signup"),
    ("user_signed_up", "signup"),
    ("signed_in", "login"),
    ("user_logged_in", "logged_in"),
    ("invite_accepted", "invited_friend"),
    ("_pageview", "page_viewed"),
    ("_pageleave", "page_left"),
    ("_screen", "page_viewed"),
    ("_autocapture", "autocapture"),
    ("_rageclick", "rage_click"),
];

/// The kind that a name stands for: `Product Added` and `productAdded` are `product_added`.
pub fn kind(name: &str) -> Option<String> {
    let mut kind = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for letter in name.trim().chars() {
        let begins = letter.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        let word = letter.is_alphanumeric();
        if (begins || !word) && !kind.ends_with('_') && (word || !kind.is_empty() || letter == '$') {
            kind.push('_');
        }
        if word {
            kind.extend(letter.to_lowercase());
        }
        before = letter;
    }
    let kind = kind.trim_end_matches('_');
    if kind.is_empty() {
        return None;
    }
    let known = KNOWN.iter().find(|(theirs, _)| *theirs == kind).map(|(_, ours)| (*ours).to_owned());
    Some(known.unwrap_or_else(|| kind.trim_start_matches('_').to_owned())).filter(|kind| !kind.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_kinds() {
        for (name, expected) in [
            ("Product Viewed", Some("product_viewed")),
            ("productAdded", Some("product_added")),
            ("Order Completed", Some("order_completed")),
            ("  Cart   viewed! ", Some("cart_viewed")),
            ("checkout-started", Some("checkout_started")),
            ("Products Searched", Some("site_search")),
            ("$pageview", Some("page_viewed")),
            ("$feature_flag_called", Some("feature_flag_called")),
            ("Signed Up", Some("signup")),
            ("URL opened", Some("url_opened")),
            ("Käufe 2x", Some("käufe_2x")),
            ("購入", Some("購入")),
            ("", None),
            ("$$$", None),
            (" - ", None),
        ] {
            assert_eq!(kind(name).as_deref(), expected, "{name:?}");
        }
    }
}
