//! Any bytes as the body of a request that brings events, in every form: what is kept has a value for every required column,
//! and each event is kept, ignored or set aside.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use throughline_events::{Context, Form, form_body, json, key, read};
use throughline_model::vocabulary::{self, Vocabulary};

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| vocabulary::read(include_str!("../../catalog/tables.toml")).expect("the shipped vocabulary"));

fuzz_target!(|data: &[u8]| {
    let received: Timestamp = "2026-03-14T09:26:53Z".parse().expect("an instant");
    let context = Context { vocabulary: &VOCABULARY, received, sent: None };
    for bytes in [data.to_vec(), form_body(data)] {
        let Ok(body) = json(&bytes) else { continue };
        key(&body);
        for form in [Form::Ours, Form::Segment(None), Form::Segment(Some("track")), Form::PostHog] {
            if let Ok(batch) = read(form, &body, &context) {
                assert!(batch.accepted > 0 || batch.rows.is_empty(), "rows of no event");
            }
        }
    }
});
