//! Rows of `feedback`: something asked, and perhaps answered.

use crate::clock::MINUTE;
use crate::files::Files;
use crate::table::Version;

/// Something asked, and perhaps answered.
pub(crate) struct Survey<'a> {
    pub(crate) id: String,
    pub(crate) reference: &'a str,
    pub(crate) instrument: &'static str,
    pub(crate) asked_at: Option<i64>,
    pub(crate) answered_at: Option<i64>,
    pub(crate) score: i64,
    pub(crate) scale: Option<(i64, i64)>,
    pub(crate) text: String,
    pub(crate) language: &'a str,
    pub(crate) channel: &'static str,
    pub(crate) about: &'static str,
    pub(crate) about_id: &'a str,
    pub(crate) question: &'static str,
}

/// A question that is answered later stands there unanswered first.
pub(crate) fn write(files: &mut Files, survey: &Survey<'_>) {
    let waits = match (survey.asked_at, survey.answered_at) {
        (Some(asked), Some(answered)) => answered - asked > MINUTE,
        _ => false,
    };
    match (survey.asked_at, survey.answered_at) {
        (Some(asked), Some(answered)) if waits => {
            row(files, survey, None, asked, Version::First);
            row(files, survey, Some(answered), answered, Version::Later);
        }
        (Some(asked), None) => row(files, survey, None, asked, Version::Only),
        (_, Some(answered)) => row(files, survey, Some(answered), answered, Version::Only),
        (None, None) => {}
    }
}

fn row(files: &mut Files, survey: &Survey<'_>, answered_at: Option<i64>, known: i64, version: Version) {
    let answered = answered_at.is_some();
    let score = Some(survey.score).filter(|_| answered && survey.scale.is_some());
    let words = if answered { survey.text.as_str() } else { "" };
    files
        .feedback
        .row()
        .text(&survey.id)
        .text(survey.reference)
        .text(survey.instrument)
        .instant_if(survey.asked_at)
        .instant_if(answered_at)
        .integer_if(score)
        .integer_if(survey.scale.map(|s| s.0))
        .integer_if(survey.scale.map(|s| s.1))
        .text(words)
        .text(if words.is_empty() { "" } else { survey.language })
        .text(survey.channel)
        .text(survey.about)
        .text(survey.about_id)
        .text(survey.question)
        .end(known, 5 * MINUTE, version);
}
