//! How answers and errors look to an assistant: a sentence first, then the JSON of the command.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};
use throughline_engine::{Error, Result};

use super::bounds::{Bound, fit};
use super::mask::Masks;
use crate::failure;

/// An answer before it is made fit.
#[derive(Debug)]
pub(super) struct Answer {
    /// The answer in plain sentences.
    pub summary: String,
    /// The JSON of the command.
    pub wire: Value,
    /// What was left out on purpose.
    pub left_out: Vec<String>,
    /// How long its lists may be, the first to be cut first.
    pub bounds: Vec<Bound>,
}

impl Answer {
    /// An answer that says all.
    pub fn new(summary: impl Into<String>, wire: Value) -> Answer {
        Answer { summary: summary.into(), wire, left_out: Vec::new(), bounds: Vec::new() }
    }

    /// The same with bounds.
    pub fn within(self, bounds: impl IntoIterator<Item = Bound>) -> Answer {
        Answer { bounds: bounds.into_iter().collect(), ..self }
    }
}

/// The result of a tool.
pub(super) fn reply(answer: Result<Answer>, masks: Option<&Masks>) -> CallToolResult {
    match answer {
        Ok(answer) => complete(answer, masks),
        Err(error) => failed(&error),
    }
}

fn complete(answer: Answer, masks: Option<&Masks>) -> CallToolResult {
    let Answer { summary, mut wire, left_out, bounds } = answer;
    if let Some(masks) = masks {
        masks.answer(&mut wire);
    }
    let mut notes = left_out;
    notes.extend(fit(&mut wire, &bounds));
    let told = std::iter::once(summary.as_str()).chain(notes.iter().map(String::as_str)).collect::<Vec<_>>().join("\n");
    if let Value::Object(fields) = &mut wire {
        fields.insert("summary".to_owned(), summary.clone().into());
        let cut = !notes.is_empty();
        let notes = if cut { Value::from(notes) } else { Value::Null };
        // Rows of SQL have a flag of that name.
        match fields.get_mut("cut_off") {
            Some(Value::Bool(flag)) => *flag |= cut,
            _ => {
                fields.insert("cut_off".to_owned(), notes);
            }
        }
    }
    // Not every client hands structured content on to its model: the same JSON stands as text as well.
    let mut result = CallToolResult::structured(wire);
    result.content.insert(0, ContentBlock::text(told));
    result
}

/// An error that says what to do, as the result of a tool.
pub(super) fn failed(error: &Error) -> CallToolResult {
    let message = in_words_of_tools(&error.message);
    let hint = error.hint.as_deref().map(in_words_of_tools);
    let text = hint.as_ref().map_or_else(|| message.clone(), |hint| format!("{message}\nHint: {hint}"));
    let wire = json!({"error": failure::name(error.kind), "message": message, "hint": hint});
    let mut result = CallToolResult::structured_error(wire);
    result.content = vec![ContentBlock::text(text)];
    result
}

/// The first paragraph of a page as one line.
pub(super) fn headline(page: &str) -> String {
    let lines: Vec<&str> = page.lines().skip_while(|line| line.trim().is_empty()).collect();
    let first = lines.iter().take_while(|line| !line.trim().is_empty());
    in_words_of_tools(&first.map(|line| line.trim()).collect::<Vec<_>>().join(" "))
}

/// What is written for the command line, with options called as arguments of tools: `--until-step` is `until_step`.
pub(super) fn in_words_of_tools(text: &str) -> String {
    let text = text.replace("`throughline measure`", "list_measures");
    let mut words = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("--") {
        let (before, option) = rest.split_at(at);
        let option = option.trim_start_matches('-');
        let end = option.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(option.len());
        let (name, after) = option.split_at(end);
        words.push_str(before);
        if name.is_empty() {
            words.push_str("--");
        } else {
            let quote = if before.ends_with(['`', '\'', '"']) { "" } else { "`" };
            words.push_str(&format!("{quote}{}{quote}", name.replace('-', "_")));
        }
        rest = after;
    }
    words + rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::mcp::bounds::Keep;

    #[test]
    fn options_are_called_as_arguments() {
        for (text, expected) in [
            ("widen --from and --to, or ask", "widen `from` and `to`, or ask"),
            ("invalid value 'x' for '--until-step <STEP>'", "invalid value 'x' for 'until_step <STEP>'"),
            ("no options -- none", "no options -- none"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(in_words_of_tools(text), expected);
        }
        assert_eq!(headline("\nOf 10 people\n5 came.\n\ntable\n"), "Of 10 people 5 came.");
    }

    #[test]
    fn an_answer_says_what_it_leaves_out() {
        let rows = json!({"rows": [{"customer_id": "C1"}, {"customer_id": "C2"}]});
        let answer = || Answer::new("Two rows.", rows.clone());
        let whole = reply(Ok(answer()), None);
        let told = whole.structured_content.unwrap();
        assert_eq!(told, json!({"rows": rows["rows"], "summary": "Two rows.", "cut_off": null}));
        let bound = Bound::room(&["rows"], Keep::First, "ask for more").at_most(1);
        let cut = reply(Ok(answer().within([bound])), Some(&Masks::default())).structured_content.unwrap();
        assert_eq!(cut["rows"], json!([{"customer_id": "masked-1"}]));
        assert_eq!(cut["cut_off"], json!(["Of 2 entries of `rows`, only 1 are shown (first); ask for more."]));
    }

    #[test]
    fn errors_are_results() {
        let result = failed(&Error::input("There is no measure `x`.").hint("`throughline measure` lists them all."));
        assert_eq!(result.is_error, Some(true));
        let expected =
            json!({"error": "input", "message": "There is no measure `x`.", "hint": "list_measures lists them all."});
        assert_eq!(result.structured_content, Some(expected));
    }
}
